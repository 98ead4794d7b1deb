/** Web interfaces that run code, show secrets or hold data, for anybody who reaches them. */

/** Names as they appear in Services and in the labels that these select; each counts as a whole part between hyphens. */
export const SENSITIVE_INTERFACES: readonly string[] = [
  'airflow',
  'argo-server',
  'argo-workflows',
  'argocd-server',
  'centraldashboard', // Kubeflow
  'chaos-dashboard', // Chaos Mesh
  'consul-ui',
  'etcd',
  'headlamp',
  'hubble-ui',
  'jenkins',
  'jupyter',
  'jupyterhub',
  'kubeapps',
  'kubernetes-dashboard',
  'longhorn-frontend',
  'meshery',
  'ml-pipeline-ui', // Kubeflow
  'mlflow',
  'nifi',
  'portainer',
  'rancher',
  'ray-head',
  'redis',
  'selenium-hub',
  'spark-master',
  'vault',
  'weave-scope',
  'zeppelin',
];
