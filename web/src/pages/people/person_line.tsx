import type { ReactNode } from 'react';
import { Avatar } from '#/components/avatar.tsx';
import { Tag } from '#/components/badge.tsx';
import type { UserRef } from '#/core/model.ts';
import { useText } from '#/i18n/text.ts';

interface PersonLineProps {
  user: UserRef;
  /** It is the person who looks at it. */
  mine?: boolean;
  /** Beside the username. */
  more?: ReactNode;
  /** What can be done. */
  actions?: ReactNode;
}

/** One person in a list. */
export function PersonLine({ user, mine = false, more, actions }: PersonLineProps) {
  const t = useText();
  return (
    <div className="flex min-h-14 items-center gap-3 py-1.5">
      <Avatar id={user.id} name={user.display_name} />
      <div className="min-w-0 flex-1">
        <div className="flex items-center gap-1.5">
          <span dir="auto" className="truncate font-medium">
            {user.display_name}
          </span>
          {mine && <span className="shrink-0 text-ink-faint">({t('you')})</span>}
          {user.kind !== 'person' && <Tag>{t(`rooms:${user.kind}`)}</Tag>}
        </div>
        <div className="truncate text-[0.8125rem] text-ink-faint">
          <bdi dir="ltr">@{user.username}</bdi>
          {more}
        </div>
      </div>
      {actions}
    </div>
  );
}
