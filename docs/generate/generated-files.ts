/** The files that are made from the detections and from package.json. Paths are relative to the repository's root, where npm runs scripts. */
import { readFileSync } from 'node:fs';
import { DETECTIONS } from '../../shared/detections/index.ts';
import { cataloguePage, tacticTable } from './catalogue-page.ts';
import { configSchema } from './config-schema.ts';
import { coverageMatrix } from './coverage-matrix.ts';
import { type GeneratedFile, indexFile, ROOT } from './detection-index.ts';
import { findingSchema } from './finding-schema.ts';
import { withSection } from './markdown.ts';
import { navigatorLayer } from './navigator-layer.ts';
import { versionFile } from './version-file.ts';

export const generatedFiles = (): readonly GeneratedFile[] => [
  indexFile(),
  versionFile(),
  { path: `${ROOT}/README.md`, text: cataloguePage(DETECTIONS) },
  { path: 'docs/coverage.md', text: coverageMatrix(DETECTIONS) },
  { path: 'docs/attack-navigator-layer.json', text: navigatorLayer(DETECTIONS) },
  { path: 'docs/finding.schema.json', text: findingSchema() },
  { path: 'README.md', text: withSection(readFileSync('README.md', 'utf8'), 'detections', tacticTable(DETECTIONS)) },
  { path: 'docs/config.schema.json', text: configSchema(DETECTIONS) },
];
