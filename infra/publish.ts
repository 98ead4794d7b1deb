/** The function that reads the tables' streams and puts findings on the bus: the outbox. */
import { Aws, Duration } from 'aws-cdk-lib';
import {
  EventSourceMapping,
  FilterCriteria,
  FilterRule,
  type Function as LambdaFunction,
  type LayerVersion,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { PARTITION } from '../functions/aws/environment.ts';
import type { Config } from '../shared/config/config.ts';
import type { Alarms } from './parts/alarms.ts';
import type { Bus } from './parts/bus.ts';
import { createFunction } from './parts/function.ts';
import { OnFailure } from './parts/on-failure.ts';
import type { Tables } from './parts/tables.ts';

/** How long a record of a stream is tried. A stream keeps it for 24 hours; the bus may be down for this long. */
const PERSISTENCE = Duration.hours(12);

export class Publish extends Construct {
  readonly onFailure: OnFailure;
  private readonly fn: LambdaFunction;

  constructor(
    scope: Construct,
    id: string,
    {
      config,
      tables,
      bus,
      alarms,
      geoDatabase,
    }: {
      readonly config: Config;
      readonly tables: Tables;
      readonly bus: Bus;
      readonly alarms: Alarms;
      readonly geoDatabase: LayerVersion;
    },
  ) {
    super(scope, id);
    const description = {
      config,
      // The geo database is read into memory when the first address has to be located.
      memory: 512,
      timeout: Duration.minutes(1),
      layers: [geoDatabase],
    };
    this.fn = createFunction(this, 'Function', {
      ...description,
      entry: 'functions/publish/handler.ts',
      description: 'Puts opened and updated findings on the event bus',
    });
    this.onFailure = new OnFailure(this, 'OnFailure', {
      ...description,
      entry: 'functions/publish/redrive.ts',
      description: 'Runs stream records that publish gave up on through publish again',
      alarms,
      name: 'PublishRedrive',
      content: 'Stream records that publish gave up on',
    });
    for (const fn of [this.fn, this.onFailure.redrive]) {
      bus.grantPublish(fn);
      fn.addEnvironment(PARTITION, Aws.PARTITION);
      tables.grantReadBeginnings(fn);
    }
    tables.grantReadStreams(this.fn);
    const destination = this.onFailure.grantFailures(this.fn);
    for (const [name, table] of Object.entries({ Findings: tables.findings, Baselines: tables.baselines })) {
      const mapping = new EventSourceMapping(this, `${name}Stream`, {
        target: this.fn,
        eventSourceArn: table.tableStreamArn ?? '',
        startingPosition: StartingPosition.TRIM_HORIZON,
        batchSize: 100,
        maxBatchingWindow: Duration.seconds(1),
        // Deletions by time to live tell nothing.
        filters: [FilterCriteria.filter({ eventName: FilterRule.or('INSERT', 'MODIFY') })],
        reportBatchItemFailures: true,
        bisectBatchOnError: true,
        maxRecordAge: PERSISTENCE,
        onFailure: destination,
      });
      // Lambda checks the permission when the mapping is made.
      mapping.node.addDependency(this.fn.role ?? this.fn);
    }
    alarms.onFunction(
      'Publish',
      this.fn,
      'Its records are tried again for twelve hours, then kept in the on-failure bucket.',
    );
    alarms.onStreamAge('Publish', this.fn);
    alarms.onLostDestination('Publish', this.fn);
    alarms.onReported(
      'UnreadableFindings',
      'Unreadable',
      'A record or message held no finding where one was expected, so one may be lost. The logs of publish and deliver name it.',
    );
  }
}
