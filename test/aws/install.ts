/** Installs what stands in for AWS into an ignored folder: moto's server from PyPI, DynamoDB Local from Maven Central. Once is enough. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EMULATORS, HERE, JARS, MOTO } from './places.ts';

const REQUIREMENTS = join(HERE, 'requirements.txt');
const POM = join(HERE, 'dynamodb-local.xml');
const MARK = join(EMULATORS, 'installed');

const run = (command: string, ...args: readonly string[]): void => {
  try {
    execFileSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new Error(
      isMissing
        ? `${command} was not found. \`npm run test:aws\` needs Python 3.10 or later, Java 17 or later, and Maven.`
        : `${command} ${args.join(' ')} failed. \`npm run test:aws\` needs to reach PyPI and Maven Central the first time.`,
      { cause: error },
    );
  }
};

const wanted = createHash('sha256').update(readFileSync(REQUIREMENTS)).update(readFileSync(POM)).digest('hex');
const isInstalled = existsSync(MARK) && readFileSync(MARK, 'utf8') === wanted && existsSync(MOTO) && existsSync(JARS);

if (!isInstalled) {
  const [venv, maven] = [join(EMULATORS, 'venv'), join(EMULATORS, 'maven')];
  for (const folder of [venv, JARS, MARK]) rmSync(folder, { recursive: true, force: true });
  mkdirSync(maven, { recursive: true });
  console.error(`Installing moto and DynamoDB Local into ${EMULATORS} …`);
  run('python3', '-m', 'venv', venv);
  run(join(venv, 'bin', 'pip'), 'install', '--quiet', '--disable-pip-version-check', '--requirement', REQUIREMENTS);
  copyFileSync(POM, join(maven, 'pom.xml'));
  run('mvn', '-q', '-B', '-f', join(maven, 'pom.xml'), 'dependency:copy-dependencies', `-DoutputDirectory=${JARS}`);
  writeFileSync(MARK, wanted);
}
