import { WRITE_VERBS } from '../../kubernetes/verbs.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, call, controller, mallory, pipeline } from '../../sdk/examples.ts';
import { isNew, nameOfObject, said } from '../../sdk/phrases.ts';
import { isNotControlPlane } from '../../sdk/selections.ts';

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
    'https://microsoft.github.io/Threat-Matrix-for-Kubernetes/techniques/Kubernetes%20CronJob/',
  ],
  related: [
    'splunk:Kubernetes Cron Job Creation',
    'panther:k8s_cronjob_created_or_modified',
    'sigma:kubernetes_audit_cronjob_modification',
  ],
  audit: { level: 'metadata', verbs: WRITE_VERBS, resources: ['cronjobs'], actor: isNotControlPlane },
  find: ({ object }) => object.group === 'batch',
  entities: (_found, { object }) => ({ workload: nameOfObject(object) }),
  summary: (_found, event) => said(event, isNew(event) ? 'create' : 'change', nameOfObject(event.object)),
});

const CRON_JOB = 'cronjobs.batch default/sweep';
const scheduler = /* @__PURE__ */ controller('cronjob-controller');

export const examples = () => ({
  fires: {
    'alice created cronjob default/sweep': call(alice, `create ${CRON_JOB}`),
    'alice changed cronjob default/sweep': call(alice, `patch ${CRON_JOB}`),
    'deploy-pipeline created cronjob default/sweep': call(pipeline(), `patch ${CRON_JOB}`, { code: 201 }),
    'mallory was denied creating cronjob default/sweep': call(mallory, `create ${CRON_JOB}`, { code: 403 }),
  },
  silent: {
    'the controller notes when it ran': call(scheduler, 'update cronjobs.batch/status default/sweep'),
    'the controller at work': call(scheduler, `update ${CRON_JOB}`),
    'a job that runs once': call(alice, 'create jobs.batch default/sweep'),
    'a custom resource of that name': call(alice, 'create cronjobs.example.com default/sweep'),
    'reading changes nothing': call(alice, `get ${CRON_JOB}`),
    'a dry run changes nothing': call(alice, `create ${CRON_JOB}`, { query: 'dryRun=All' }),
  },
});
