import { QueryClient } from '@tanstack/react-query';
import { ApiError } from '#/core/api/error.ts';

/** How often what failed for now is asked again before the person is told. */
const ATTEMPTS = 3;

/** What REST answered, for the pages that are not live. */
export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        gcTime: 10 * 60_000,
        // The browser's idea of being online is often wrong: ask, and say what came of it.
        networkMode: 'always',
        retry: (failures, error) => failures < ATTEMPTS - 1 && error instanceof ApiError && error.passing,
        retryDelay: (failures, error) =>
          (error instanceof ApiError && error.retry_after_ms) || Math.min(500 * 2 ** failures, 8000),
      },
      // What changes something is repeated by the person.
      mutations: { retry: false, networkMode: 'always' },
    },
  });
}
