import i18next from 'i18next';
import { useEffect, useState } from 'react';
import { toast } from '#/components/toast.tsx';

/** Copies a text and says for a moment that it did. */
export function useCopy(): { copied: boolean; copy: (text: string) => void } {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1_500);
    return () => clearTimeout(timer);
  }, [copied]);
  return { copied, copy: (text) => void copyText(text).then((done) => setCopied(done)) };
}

/** Puts a text on the clipboard, or says that the browser does not allow it. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    toast(i18next.t('conversation:copy_failed'), { tone: 'danger' });
    return false;
  }
}
