import { type Client, createClient } from '../generated/rest/client/index.ts';
import { ApiError } from './error.ts';

/**
 * Carries the calls of `generated/rest/sdk.gen.ts`: `listRooms({ client: api })`. They answer with the body and throw
 * an `ApiError`.
 */
export type Api = Client;

/** Milliseconds that a call may take. */
const PATIENCE = 15_000;

/** How a request travels: `fetch`, or one that adds a token. */
export type Carrier = (request: Request) => Promise<Response>;

/** The calls over a carrier. `base` is where the server is: empty for the page's own origin. */
export function makeApi(base: string, carrier: Carrier): Api {
  const api = createClient({
    baseUrl: base,
    cache: 'no-store',
    credentials: 'omit',
    throwOnError: true,
    // What is no JSON is not from the server, whatever its status: a hotel's page, for one.
    parseAs: 'json',
    fetch: (input) => carrier(withPatience(input as Request)),
  });
  api.interceptors.error.use((error, response) => toApiError(error, response));
  return api;
}

function withPatience(request: Request): Request {
  return new Request(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(PATIENCE)]) });
}

function toApiError(error: unknown, response: Response | undefined): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return new ApiError({ code: 'timeout', detail: 'the server took too long to answer', status: 0 });
  // A body that broke off, or is not the server's, is no answer either.
  if (!response || response.ok)
    return new ApiError({ code: 'network', detail: 'the server could not be reached', status: 0 });
  const retry = Number(response.headers.get('retry-after'));
  const known = {
    status: response.status,
    retry_after_ms: Number.isFinite(retry) && retry > 0 ? retry * 1000 : undefined,
  };
  return isProblem(error)
    ? new ApiError({ ...known, code: error.code, detail: error.detail, errors: error.errors })
    : new ApiError({ ...known, code: 'unavailable', detail: `the server answered ${response.status}` });
}

function isProblem(body: unknown): body is Pick<ApiError, 'code' | 'detail' | 'errors'> {
  return typeof body === 'object' && body !== null && 'code' in body && 'detail' in body;
}
