import { isControlPlane } from '../../eks/identities.ts';
import { principalOf } from '../../events/actor.ts';
import { WRITE_VERBS } from '../../kubernetes/workload.ts';
import { audit, controller, human, pipeline } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';
import { isNew, nameOfObject, whoDid } from '../../sdk/phrases.ts';

export default defineDetection({
  id: 'cron-job-changed',
  title: 'CronJob created or changed',
  description:
    'Somebody created or changed a CronJob. It starts pods again and again, long after whoever made it has gone, with whatever identity its template names.',
  tactic: 'persistence',
  attack: ['T1053.007'],
  impact: 50,
  confidence: 60,
  type: 'Hunting',
  stories: ['Kubernetes Persistence', 'Kubernetes Security'],
  falsePositives: 'Every deployment that has a CronJob. Suppress the principal of your pipeline.',
  triage: 'Look at the image, the command and the service account of the template.',
  references: [
    'https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/',
    'https://microsoft.github.io/Threat-Matrix-for-Kubernetes/techniques/Kubernetes%20CronJob/',
  ],
  answers: [
    'splunk:Kubernetes Cron Job Creation',
    'panther:k8s_cronjob_created_or_modified',
    'sigma:kubernetes_audit_cronjob_modification',
    'elastic:persistence_kubernetes_cron_job_created',
  ],
  needs: 'header',
  on: {
    verbs: WRITE_VERBS,
    resources: ['cronjobs'],
    outcomes: ['succeeded', 'denied'],
    actor: (actor) => !isControlPlane(actor),
  },
  match: ({ object, dryRun }) => !dryRun && object.group === 'batch',
  weight: (event) => (event.outcome === 'denied' ? { confidence: 40 } : {}),
  entities: ({ object, actor }) => ({ workload: nameOfObject(object), principal: principalOf(actor) }),
  summary: (event) => {
    const did = isNew(event) ? whoDid(event, 'created', 'create') : whoDid(event, 'changed', 'change');
    return `${did} ${nameOfObject(event.object)}`;
  },
});

const write = (verb: string, by = human(), parts: Partial<Parameters<typeof audit>[0]> = {}) =>
  audit({ verb, by, resource: 'cronjobs.batch', namespace: 'default', name: 'sweep', ...parts });

export const examples = () => ({
  fires: {
    'alice created cronjob default/sweep': write('create'),
    'bob changed cronjob default/sweep': write('patch', human('bob')),
    'deploy-pipeline created cronjob default/sweep': write('patch', pipeline(), { code: 201 }),
    'mallory was refused to create cronjob default/sweep': write('create', human('mallory'), { code: 403 }),
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
