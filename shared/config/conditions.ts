/** The fields that a suppression names, checked: each must be one that events have and that is safe to suppress by. */
import { z } from 'zod';
import { SUPPRESSIBLE, SUPPRESSION_ALIASES, whyUnsuppressible } from '../engine/suppression.ts';
import { didYouMean } from '../primitives/did-you-mean.ts';

const oneOrMore = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);

const ENTITY = /^entity\.\w+$/;

/** Fields and what each has to match: a text, a pattern with `*`, or a list of them. */
export const conditions = z
  .record(z.string(), oneOrMore)
  .superRefine((where, context) => {
    const fields = Object.keys(where);
    if (fields.length === 0) {
      const message = 'is empty and would suppress everything. To switch a detection off, set its "enabled" to false';
      context.addIssue({ code: 'custom', message });
    }
    for (const field of fields) {
      if (!SUPPRESSIBLE.includes(field) && !ENTITY.test(field))
        context.addIssue({ code: 'custom', path: [field], message: notSuppressible(field) });
    }
  })
  .meta({ propertyNames: { anyOf: [{ enum: SUPPRESSIBLE }, { pattern: ENTITY.source }] } });

const notSuppressible = (field: string): string => {
  const is = 'is no field that a suppression can look at';
  const why = whyUnsuppressible(field);
  if (why !== undefined) return `${is}: ${why}`;
  const choice = ` It can be ${SUPPRESSION_ALIASES.join(', ')}, a field such as objectRef.resource, or entity.<name>.`;
  return `${is}.${endingIn(field) || didYouMean(field, SUPPRESSIBLE) || choice}`;
};

/** People know the last part of a name: `username`, `sourceIP`. */
const endingIn = (field: string): string => {
  const name = SUPPRESSIBLE.find((candidate) => candidate.toLowerCase().endsWith(`.${field.toLowerCase()}`));
  return name === undefined ? '' : ` Did you mean "${name}"?`;
};
