import { CircleAlert } from 'lucide-react';
import { Banner } from '#/components/banner.tsx';
import { useText } from '#/i18n/text.ts';

/** Why a form was refused, where that is the fault of none of its fields. Counts down while one has to wait. */
export function FormError({ text, seconds = 0 }: { text: string | undefined; seconds?: number }) {
  const t = useText();
  if (text === undefined) return null;
  return (
    <Banner tone="danger" icon={<CircleAlert aria-hidden="true" />} role="alert">
      {seconds > 0 ? (
        <>
          <span aria-hidden="true">{t('wait', { count: seconds })}</span>
          <span className="sr-only">{text}</span>
        </>
      ) : (
        text
      )}
    </Banner>
  );
}
