import { isControlPlane } from '../../eks/identities.ts';
import type { Actor } from '../../events/event.ts';
import { WRITE_VERBS } from '../../kubernetes/workload.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { audit, controller, human, pipeline, type RequestParts } from '../../sdk/examples.ts';
import { isNew, nameOfObject, said } from '../../sdk/phrases.ts';

type Parts = Partial<RequestParts>;

export default defineDetection({
  id: 'cron-job-changed',
  title: 'CronJob created or changed',
  description:
    'Somebody created or changed a CronJob. It starts pods again and again, with the service account that its template names, after its author has lost access.',
  tactic: 'persistence',
  techniques: ['T1053.007'],
  impact: 50,
  confidence: 60,
  denied: { confidence: 40 },
  type: 'Hunting',
  stories: ['Kubernetes Persistence', 'Kubernetes Security'],
  falsePositives: 'Every deployment that has a CronJob. Suppress the principal of your pipeline.',
  triage:
    'Read the image, the command and the service account of the template. Delete the CronJob when nobody answers for it; its jobs go with it: kubectl -n <namespace> delete cronjob <name>.',
  references: [
    'https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/',
    'https://microsoft.github.io/Threat-Matrix-for-Kubernetes/techniques/Kubernetes%20CronJob/',
  ],
  related: [
    'splunk:Kubernetes Cron Job Creation',
    'panther:k8s_cronjob_created_or_modified',
    'sigma:kubernetes_audit_cronjob_modification',
    'elastic:persistence_kubernetes_cron_job_created',
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

const write = (verb: string, by = human(), parts: Parts = {}) =>
  audit({ verb, by, resource: 'cronjobs.batch', namespace: 'default', name: 'sweep', ...parts });

export const examples = () => ({
  fires: {
    'alice created cronjob default/sweep': write('create'),
    'bob changed cronjob default/sweep': write('patch', human('bob')),
    'deploy-pipeline created cronjob default/sweep': write('patch', pipeline(), { code: 201 }),
    'mallory was denied creating cronjob default/sweep': write('create', human('mallory'), { code: 403 }),
  },
  silent: {
    'the controller notes when it ran': write('update', controller('cronjob-controller'), {
      resource: 'cronjobs.batch/status',
    }),
    'a job that runs once': write('create', human(), { resource: 'jobs.batch' }),
    'somebody looks': write('get'),
    'a dry run changes nothing': write('create', human(), { query: 'dryRun=All' }),
  },
});
