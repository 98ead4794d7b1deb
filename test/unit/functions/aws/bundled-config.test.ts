import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { bundledConfig, readConfigFile } from '../../../../functions/aws/bundled-config.ts';
import { DEFAULT_CONFIG } from '../../../../shared/config/config.ts';

const folder = mkdtempSync(join(tmpdir(), 'eks-detect-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

const written = (text: string): string => {
  const path = join(folder, 'config.json');
  writeFileSync(path, text);
  return path;
};

describe('the configuration file of a function', () => {
  it('is read as it was checked at synth', () => {
    expect(readConfigFile(written(JSON.stringify(DEFAULT_CONFIG)))).toEqual(DEFAULT_CONFIG);
  });

  it.each([
    ['no JSON', '{"learn":', /can't be read \(SyntaxError/],
    ['no object', '[]', /holds no JSON object/],
    ['one of another version', '{"clusters":{},"eventLogGroups":[],"learn":0,"detections":{}}', /lacks suppress and/],
  ])('that is %s stops the function with a sentence', (_name, text, sentence) => {
    expect(() => readConfigFile(written(text))).toThrow(sentence);
    expect(() => readConfigFile(written(text))).toThrow(/Deploy the function with eks-detect's own stack/);
  });

  it('that is a folder stops the function with a sentence', () => {
    expect(() => readConfigFile(folder)).toThrow(/can't be read \(Error: EISDIR/);
  });

  it('that is missing stops the function with a sentence', () => {
    expect(() => bundledConfig()).toThrow(/functions\/aws\/config\.json is missing\. Deploy/);
  });
});
