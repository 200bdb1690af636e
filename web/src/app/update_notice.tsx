import { useEffect, useEffectEvent } from 'react';
import { toast } from '#/components/toast.tsx';
import { useText } from '#/i18n/text.ts';
import { registerWorker } from './service_worker.ts';

/** Says that a new version is there, and takes it when the person wants to. */
export function UpdateNotice() {
  const t = useText();
  const tell = useEffectEvent((take: () => void) => {
    toast(t('shell:update_ready'), {
      lasting: true,
      action: { label: t('shell:update'), onClick: take },
    });
  });
  useEffect(() => {
    if (!import.meta.env.PROD) return;
    // After what the person waits for.
    const timer = setTimeout(() => {
      // Where it can't be fetched, the pages work without it, and the next visit tries again.
      registerWorker((take) => tell(take)).catch(() => undefined);
    }, 2000);
    return () => clearTimeout(timer);
  }, []);
  return null;
}
