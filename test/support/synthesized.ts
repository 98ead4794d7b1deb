/** The template that `cdk synth` makes of a configuration, without the CDK's command line, an account or a network. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDeployment, STACK } from '../../infra/deployment.ts';

export interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a template holds is as free as JSON
  readonly Properties: any;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Metadata?: { readonly cdk_nag?: { readonly rules_to_suppress: readonly { id: string; reason: string }[] } };
}

export interface Synthesized {
  readonly resources: Readonly<Record<string, Resource>>;
  readonly outputs: Readonly<Record<string, { readonly Value: unknown; readonly Description: string }>>;
  /** What the CDK would have to ask an account for; nothing, in a synth that works offline. */
  readonly missing: readonly unknown[];
  /** Those of one type, by their logical ids. */
  readonly of: (type: string) => readonly (readonly [string, Resource])[];
}

export const synthesize = (config: unknown = {}): Synthesized => {
  const outdir = mkdtempSync(join(tmpdir(), 'eks-detect-synth-'));
  try {
    // Assets stay where they are: copying the databases of places takes longer than everything else together.
    const context = { 'eks-detect': config, 'aws:cdk:disable-asset-staging': true };
    const assembly = createDeployment({ outdir, context }).synth();
    const { template } = assembly.getStackByName(STACK);
    const resources: Record<string, Resource> = template.Resources;
    return {
      resources,
      outputs: template.Outputs,
      missing: assembly.manifest.missing ?? [],
      of: (type) => Object.entries(resources).filter(([, resource]) => resource.Type === type),
    };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
};
