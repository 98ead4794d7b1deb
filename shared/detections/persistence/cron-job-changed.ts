import { isControlPlane } from '../../eks/identities.ts';
import type { Actor } from '../../events/event.ts';
import { WRITE_VERBS } from '../../kubernetes/workload.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, audit, bob, controller, mallory, pipeline, type RequestParts } from '../../sdk/examples.ts';
import { isNew, nameOfObject, said } from '../../sdk/phrases.ts';

export default defineDetection({
  id: 'cron-job-changed',
  title: 'CronJob created or changed',
  description:
    'Somebody created or changed a CronJob. It starts pods on a schedule, with the service account of its template, and keeps doing so after its author loses access.',
  tactic: 'persistence',
  techniques: ['T1053.007'],
  impact: 50,
  confidence: 60,
  denied: { confidence: 40 },
  type: 'Hunting',
  stories: ['Kubernetes Persistence', 'Kubernetes Security'],
  falsePositives: 'Every deployment that has a CronJob. Suppress the principal of your pipeline.',
  triage:
    'Check the image, the command and the service account of the template: kubectl get cronjob <name> -n <namespace> -o yaml. If it is not known, suspend it first: kubectl patch cronjob <name> -n <namespace> -p \'{"spec":{"suspend":true}}\'. Then look at the jobs that it started.',
  references: [
    'https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/',
    'https://attack.mitre.org/techniques/T1053/007/',
    'https://microsoft.github.io/Threat-Matrix-for-Kubernetes/techniques/Kubernetes%20CronJob/',
  ],
  related: [
    'splunk:Kubernetes Cron Job Creation',
    'panther:k8s_cronjob_created_or_modified',
    'sigma:kubernetes_audit_cronjob_modification',
  ],
  audit: {
    level: 'metadata',
    verbs: WRITE_VERBS,
    resources: ['cronjobs'],
    actor: (actor: Actor) => !isControlPlane(actor),
  },
  find: ({ object }) => object.group === 'batch',
  entities: (_found, { object }) => ({ workload: nameOfObject(object) }),
  summary: (_found, event) => said(event, isNew(event) ? 'create' : 'change', nameOfObject(event.object)),
});

const write = (verb: string, by = alice, parts: Partial<RequestParts> = {}) =>
  audit({ verb, by, resource: 'cronjobs.batch', namespace: 'default', name: 'sweep', ...parts });

export const examples = () => ({
  fires: {
    'alice created cronjob default/sweep': write('create'),
    'bob changed cronjob default/sweep': write('patch', bob),
    'deploy-pipeline created cronjob default/sweep': write('patch', pipeline(), { code: 201 }),
    'mallory was denied creating cronjob default/sweep': write('create', mallory, { code: 403 }),
  },
  silent: {
    'the controller notes when it ran': write('update', controller('cronjob-controller'), {
      resource: 'cronjobs.batch/status',
    }),
    'a job that runs once': write('create', alice, { resource: 'jobs.batch' }),
    'somebody looks': write('get'),
    'a dry run changes nothing': write('create', alice, { query: 'dryRun=All' }),
  },
});
