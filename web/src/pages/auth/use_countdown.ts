import { useEffect, useState } from 'react';
import { ApiError } from '#/core/api/error.ts';

/** Whole seconds until a refusal that says when to come back is over. */
export function useCountdown(failure: unknown): number {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    const wait = failure instanceof ApiError && failure.status === 429 ? (failure.retry_after_ms ?? 0) : 0;
    const end = performance.now() + wait;
    const show = () => setLeft(Math.max(0, Math.ceil((end - performance.now()) / 1000)));
    show();
    if (wait === 0) return;
    const timer = setInterval(show, 500);
    return () => clearInterval(timer);
  }, [failure]);
  return left;
}
