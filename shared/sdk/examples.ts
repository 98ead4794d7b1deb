/** Everything that the examples of a detection are made of. */
export * from './admission-examples.ts';
export * from './aws-service-examples.ts';
export * from './caller-examples.ts';
export * from './pod-examples.ts';
export * from './rbac-examples.ts';
export * from './record-examples.ts';
export * from './request-examples.ts';
export * from './rule-examples.ts';
export * from './series-examples.ts';
