import { describe, expect, it } from 'vitest';
import { getRoom, listRooms, logOut } from '../generated/rest/sdk.gen.ts';
import { virtualTime } from '../testing/world.ts';
import { makeApi } from './api.ts';
import { ApiError } from './error.ts';

const BASE = 'http://chappe.test';
const JSON_TYPE = { 'content-type': 'application/json' };

function answering(answer: () => Response | Promise<Response>) {
  return makeApi(BASE, async () => answer());
}

async function failure(call: Promise<unknown>): Promise<ApiError> {
  const error = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(ApiError);
  return error as ApiError;
}

describe('a REST call', () => {
  it('answers with the body', async () => {
    const api = answering(() => new Response('{"items":[],"next":null}', { headers: JSON_TYPE }));
    expect(await listRooms({ client: api })).toEqual({ items: [], next: null });
  });

  it('throws the problem of the server with its fields and when to repeat it', async () => {
    const problem = {
      code: 'too_many_attempts',
      detail: 'wait',
      errors: [{ field: 'a', code: 'b', detail: 'c' }],
    };
    const api = answering(
      () => new Response(JSON.stringify(problem), { status: 429, headers: { 'retry-after': '3' } }),
    );
    const error = await failure(listRooms({ client: api }));
    expect(error).toMatchObject({ ...problem, status: 429, retry_after_ms: 3_000, passing: true });
  });

  it('takes the page of a hotel for no answer, whatever its status', async () => {
    for (const headers of [{ 'content-type': 'text/html' }, JSON_TYPE]) {
      const api = answering(() => new Response('<h1>Welcome</h1>', { headers }));
      expect(await failure(getRoom({ client: api, path: { room_id: 'r' } }))).toMatchObject({
        code: 'network',
        passing: true,
      });
    }
  });

  it('takes a refusal that is not of the server for one that passes', async () => {
    const api = answering(() => new Response('<h1>404</h1>', { status: 404 }));
    expect(await failure(listRooms({ client: api }))).toMatchObject({ code: 'unavailable', passing: true });
  });

  it('takes a body that breaks off for no answer', async () => {
    const broken = new ReadableStream({ start: (stream) => stream.error(new TypeError('terminated')) });
    const api = answering(() => new Response(broken, { headers: JSON_TYPE }));
    expect(await failure(listRooms({ client: api }))).toMatchObject({ code: 'network', status: 0 });
  });

  it('gives up after a while', async () => {
    const time = virtualTime();
    const api = makeApi(
      BASE,
      (request) =>
        new Promise((_, reject) => {
          request.signal.addEventListener('abort', () => reject(request.signal.reason));
        }),
    );
    const call = failure(listRooms({ client: api }));
    await time.advance(15_000);
    expect(await call).toMatchObject({ code: 'timeout', passing: true });
  });

  it('ends when nobody wants its answer any more', async () => {
    let asked: Request | undefined;
    const api = makeApi(BASE, (request) => {
      asked = request;
      return new Promise(() => {});
    });
    const unwanted = new AbortController();
    void listRooms({ client: api, signal: unwanted.signal }).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve));
    unwanted.abort();
    expect(asked?.signal.aborted).toBe(true);
  });

  it('succeeds where the answer has no body', async () => {
    const api = answering(() => new Response(null, { status: 204 }));
    await logOut({ client: api, body: { refresh_token: 'r' } });
  });
});
