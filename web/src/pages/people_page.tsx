import { useNavigate, useSearch } from '@tanstack/react-router';
import { MessageCircle } from 'lucide-react';
import { useState } from 'react';
import { useLive } from '#/app/client_context.tsx';
import { Page } from '#/app/shell/page.tsx';
import { Button } from '#/components/button.tsx';
import { useText } from '#/i18n/text.ts';
import { PersonSearch } from './people/person_search.tsx';
import { useDirectChat } from './people/use_direct_chat.ts';

/** Finds somebody to write to. */
export function PeoplePage() {
  const t = useText();
  const me = useLive((state) => state.me.id);
  const navigate = useNavigate();
  const search = useSearch({ from: '/signed-in/people' });
  const [typed, setTyped] = useState(search.query ?? '');
  const chat = useDirectChat();
  return (
    <Page title={t('rooms:people')} lead={t('rooms:people_lead')}>
      <PersonSearch
        typed={typed}
        onTyped={(query) => {
          setTyped(query);
          void navigate({ to: '/people', search: query ? { query } : {}, replace: true });
        }}
        label={t('rooms:people_search')}
        labelHidden
        autoFocus
        // Who came over a bridge cannot be written to, and nobody writes to themselves.
        without={(user) => user.id === me || user.kind === 'bridged'}
        actions={(user) => (
          <Button
            size="sm"
            icon={<MessageCircle className="size-4" aria-hidden="true" />}
            aria-label={`${t('rooms:message_person')}: ${user.display_name}`}
            busy={chat.isPending && chat.variables === user.id}
            onClick={() => chat.mutate(user.id)}
          >
            {t('rooms:message_person')}
          </Button>
        )}
      />
    </Page>
  );
}
