import { Link } from '@tanstack/react-router';
import { MapPinOff } from 'lucide-react';
import { usePageTitle } from '#/app/document_title.ts';
import { buttonClass } from '#/components/button.tsx';
import { EmptyState } from '#/components/empty_state.tsx';
import { useText } from '#/i18n/text.ts';

export function NotFoundPage() {
  const t = useText();
  usePageTitle(t('shell:not_found_title'));
  return (
    <main className="flex h-full w-full flex-1 items-center justify-center">
      <EmptyState
        icon={<MapPinOff />}
        heading="h1"
        title={t('shell:not_found_title')}
        actions={
          <Link to="/" className={buttonClass({ variant: 'primary' })}>
            {t('back_to_rooms')}
          </Link>
        }
      >
        {t('shell:not_found')}
      </EmptyState>
    </main>
  );
}
