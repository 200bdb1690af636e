import { useTranslation } from 'react-i18next';
import type { Failure } from '#/core/model.ts';

const KNOWN = {
  network: 'failure_network',
  timeout: 'failure_network',
  unavailable: 'failure_unavailable',
  internal: 'failure_internal',
  forbidden: 'failure_forbidden',
  not_a_member: 'failure_not_a_member',
  not_found: 'failure_not_found',
  too_many_requests: 'failure_too_many',
  too_large: 'failure_too_large',
  too_long: 'failure_too_large',
  invalid: 'failure_invalid',
  storage: 'failure_storage',
} as const;

/** Why something failed, in the reader's language where the code is known, else in the server's words. */
export function useFailureText(): (failure: Failure) => string {
  const { t } = useTranslation('conversation');
  return (failure) => {
    const key = failure.code in KNOWN ? KNOWN[failure.code as keyof typeof KNOWN] : undefined;
    return key ? t(key) : failure.detail || t('failure_unknown');
  };
}
