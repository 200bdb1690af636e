import { useRouteContext } from '@tanstack/react-router';
import type { Sessions } from '#/core/session.ts';

export function useSessions(): Sessions {
  return useRouteContext({ from: '__root__', select: (context) => context.sessions });
}
