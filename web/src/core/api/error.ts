import type { FieldError } from '../generated/rest/index.ts';
import type { Failure } from '../model.ts';

/**
 * A REST call that did not succeed: the server's problem (RFC 9457), or `network` when nothing answered and `timeout`
 * when it took too long.
 */
export class ApiError extends Error implements Failure {
  override readonly name = 'ApiError';
  readonly code: string;
  readonly detail: string;
  /** 0 where nothing answered. */
  readonly status: number;
  /** The fields of the request that are wrong. */
  readonly errors: readonly FieldError[];
  /** When a repetition makes sense, in milliseconds. */
  readonly retry_after_ms: number | undefined;

  constructor(problem: {
    code: string;
    detail: string;
    status: number;
    errors?: readonly FieldError[] | undefined;
    retry_after_ms?: number | undefined;
  }) {
    super(`${problem.code}: ${problem.detail}`);
    this.code = problem.code;
    this.detail = problem.detail;
    this.status = problem.status;
    this.errors = problem.errors ?? [];
    this.retry_after_ms = problem.retry_after_ms;
  }

  /** Whether the same call may succeed later: the server did not answer itself, or had no time. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500 || this.code === 'unavailable';
  }
}

/** What was thrown, as an error with a code. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError({
    code: 'internal',
    detail: error instanceof Error ? error.message : String(error),
    status: 0,
  });
}
