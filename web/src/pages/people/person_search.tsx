import { Search } from 'lucide-react';
import type { ReactNode } from 'react';
import { failureText } from '#/app/failure_text.ts';
import { Banner } from '#/components/banner.tsx';
import { Button } from '#/components/button.tsx';
import { SkeletonRows } from '#/components/skeleton.tsx';
import { TextField } from '#/components/text_field.tsx';
import type { User } from '#/core/model.ts';
import { useText } from '#/i18n/text.ts';
import { PersonLine } from './person_line.tsx';
import { usePeople } from './use_people.ts';

interface PersonSearchProps {
  typed: string;
  onTyped: (typed: string) => void;
  label: string;
  labelHidden?: boolean;
  autoFocus?: boolean;
  /** Who is left out: the person themselves, say. */
  without?: (user: User) => boolean;
  /** What can be done with somebody who was found. */
  actions: (user: User) => ReactNode;
}

/** A field, and the people it finds. */
export function PersonSearch(props: PersonSearchProps) {
  const { typed, onTyped, label, labelHidden, autoFocus, without, actions } = props;
  const t = useText();
  const people = usePeople(typed);
  const found = people.data?.filter((user) => !without?.(user));
  const asked = typed.trim() !== '';
  return (
    <div>
      <TextField
        label={label}
        labelHidden={labelHidden}
        value={typed}
        onValueChange={onTyped}
        icon={<Search aria-hidden="true" />}
        placeholder={t('rooms:people_search')}
        type="search"
        autoComplete="off"
        autoFocus={autoFocus}
        dir="auto"
        // Enter searches, and does not send the form that this may be in.
        onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
      />
      <div className="mt-2" aria-live="polite">
        {!asked && <p className="px-1 py-3 text-ink-faint">{t('rooms:people_start')}</p>}
        {asked && people.isPending && <SkeletonRows count={3} className="-mx-3" />}
        {asked && people.error && (
          <Banner
            tone="danger"
            actions={
              <Button size="sm" busy={people.isFetching} onClick={() => people.refetch()}>
                {t('retry')}
              </Button>
            }
          >
            {failureText(people.error, t)}
          </Banner>
        )}
        {asked && found?.length === 0 && <p className="px-1 py-3 text-ink-soft">{t('rooms:people_none')}</p>}
        {asked && found && found.length > 0 && (
          <ul className="divide-y divide-line">
            {found.map((user) => (
              <li key={user.id}>
                <PersonLine user={user} actions={actions(user)} />
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}
