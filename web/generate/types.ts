/**
 * Writes the types of the public API from its documents in `docs/api`: REST calls from `openapi.json`, frames of
 * the WebSocket from `frames.schema.json`. With `--check` it writes nothing and fails where a file would change.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@hey-api/openapi-ts';
import { compile, type JSONSchema } from 'json-schema-to-typescript';

const root = join(import.meta.dirname, '..');
const documents = join(root, '../docs/api');
const check = process.argv.includes('--check');
const target = check ? await mkdtemp(join(tmpdir(), 'chappe-types-')) : join(root, 'src/core/generated');

await createClient({
  input: join(documents, 'openapi.json'),
  output: { path: join(target, 'rest') },
  plugins: [
    '@hey-api/typescript',
    { name: '@hey-api/client-fetch', throwOnError: true },
    { name: '@hey-api/sdk', responseStyle: 'data' },
  ],
  logs: { level: 'silent', file: false },
});

const schema = JSON.parse(await readFile(join(documents, 'frames.schema.json'), 'utf8'));
const frames = await compile(separated(schema), 'Frame', {
  additionalProperties: false,
  bannerComment: '',
  ignoreMinAndMaxItems: true,
});
await mkdir(target, { recursive: true });
await writeFile(
  join(target, 'frames.ts'),
  `// Generated from docs/api/frames.schema.json by \`npm run generate\`.\n\n${frames}`,
);

if (check) {
  await compare(join(root, 'src/core/generated'), target);
  await rm(target, { recursive: true });
}

async function compare(kept: string, fresh: string): Promise<void> {
  for (const file of await readdir(fresh, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const path = join(file.parentPath, file.name).slice(fresh.length);
    const [before, after] = await Promise.all([
      readFile(join(kept, path), 'utf8'),
      readFile(join(fresh, path), 'utf8'),
    ]);
    if (before !== after) {
      process.stderr.write(`src/core/generated${path} is old: run \`npm run generate\`\n`);
      process.exitCode = 1;
    }
  }
}

/**
 * The schema with `$ref` and `oneOf` alone in their objects: what stands beside them holds as well (JSON Schema
 * 2020-12), but the generator knows only `allOf` for that.
 */
function separated(node: unknown): JSONSchema {
  return separate(node) as JSONSchema;
}

function separate(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(separate);
  if (typeof node !== 'object' || node === null) return node;
  const schema: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(node)) schema[key] = separate(value);
  const { $ref, oneOf, properties, required, description } = schema;
  const own = { type: 'object', properties, required };
  if ($ref !== undefined) return properties ? { allOf: [{ $ref }, own] } : { $ref };
  if (oneOf !== undefined && properties) return { allOf: [{ oneOf }, own], description };
  return schema;
}
