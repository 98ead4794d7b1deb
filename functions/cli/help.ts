/** What `--help` says. */

const MAIN = `eks-detect: threat detection for Amazon EKS, from the audit log that EKS writes

  eks-detect replay [options] FILE… | -   judge a log and print the findings
  eks-detect explain [options] FILE… | -  say why each event fired, or why not
  eks-detect list [options]               show the detections
  eks-detect learn [options]              fill the deployed baselines from history
  eks-detect --version                    print the version

eks-detect COMMAND --help says more. In the repository, write npm run -s replay -- instead of eks-detect.
`;

const REPLAY = `eks-detect replay [options] FILE… | -
eks-detect replay [options] --log-group NAME [--since TIME] [--until TIME]

Judges a log as the deployed functions would, and prints the findings. All files of one call are one stream.
Standard output is data only; the summary and every error go to standard error.

Reads, plain or gzipped: audit events and Kubernetes Events as JSON lines, a JSON array or pretty-printed JSON;
subscription payloads; the output of aws logs filter-log-events; CloudWatch exports to S3; Firehose objects.

  --format FORMAT       table, json (one finding a line), ocsf or asff; default: table on a
                        terminal, json elsewhere
  --cluster NAME        the cluster, where the input does not say which one it is; --account and --region likewise
  --detections ID,…     run these detections only
  --fail-on SEVERITY    exit with 1 when a finding is at least this severe
  --config FILE         a configuration, or a cdk.json that holds one
  --baseline FILE       an older log to learn from and not to judge; may be given several times
  --learn DURATION      how long first-seen detections only learn; default: 0s
  --log-group NAME      read CloudWatch Logs instead of files, with your AWS credentials
  --since, --until TIME when, as ISO 8601 or as a time ago (3h); default: the last hour
  --quiet, -q           no summary and no progress, only errors

Exit codes: 0 ran, 1 a finding reached --fail-on, 2 usage, configuration, unreadable input or output that can't be written.
A file counts as unreadable when it holds records and none of them is an event, and each file is judged by itself; the
others are judged and their findings printed all the same. An empty file, and an empty answer of --log-group, is no error.

  eks-detect replay audit.jsonl
  eks-detect replay --baseline last-week.jsonl.gz today.jsonl.gz
  eks-detect replay --log-group /aws/eks/prod/cluster --since 3h --format json | jq .summary
  kubectl get events -A -o json | eks-detect replay --cluster prod --fail-on high -
`;

const EXPLAIN = `eks-detect explain [options] FILE… | -

Says for each event which detections fired, and why the others did not: what of their selection did not fit
the event, or that they looked at it and found nothing. Reads what replay reads.

  --detections ID,…     explain these detections only, each with its reason
  --all                 give the reason for every detection, not only for those that looked at the event
  --limit N             explain this many events; default: 20
  --cluster, --config, --baseline, --quiet  as for replay

  eks-detect explain --detections pod-host-network event.json
`;

const LIST = `eks-detect list [--format table|json] [--config FILE]

Shows every detection with its severity and risk, as the configuration leaves it.

  eks-detect list --format json | jq -r 'select(.severity == "critical") | .id'
`;

const LEARN = `eks-detect learn --log-group NAME [options]

Reads history from CloudWatch Logs and fills the deployed baselines with it, so that first-seen detections of the
cluster report at once instead of learning for a week.

  --log-group NAME      the cluster's log group, such as /aws/eks/prod/cluster
  --days N              how far back; default: 30
  --cluster NAME        the cluster, for a log group that is not named after one
  --table NAME          the baselines table: the stack's output BaselinesTable, or the variable BASELINES_TABLE
  --config FILE         the configuration that was deployed
  --dry-run             print what would be learned, and write nothing
  --quiet, -q           no progress and no summary

  eks-detect learn --log-group /aws/eks/prod/cluster --days 30 --dry-run
`;

export const HELP = { main: MAIN, replay: REPLAY, explain: EXPLAIN, list: LIST, learn: LEARN };
