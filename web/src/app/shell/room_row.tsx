import { Link } from '@tanstack/react-router';
import { Megaphone } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import { useLive } from '#/app/client_context.tsx';
import { plainPreview } from '#/app/message_preview.ts';
import { roomName, roomPicture } from '#/app/room_name.ts';
import { fullTime, shortTime } from '#/app/times.ts';
import { Avatar } from '#/components/avatar.tsx';
import { UnreadBadge } from '#/components/badge.tsx';
import { classes } from '#/components/classes.ts';
import { type RoomId, type RoomState, unread } from '#/core/model.ts';
import { useText } from '#/i18n/text.ts';
import { lastActivity } from './room_order.ts';

interface RoomRowProps {
  id: RoomId;
  /** It is the room that is shown. */
  open: boolean;
  /** Tab leads to it. */
  entry: boolean;
  today: Date;
  onFocus: (id: RoomId) => void;
}

/** One room of the list. Renders anew only when something of this room changes. */
export const RoomRow = memo(function RoomRow({ id, open, entry, today, onFocus }: RoomRowProps) {
  const t = useText();
  const room = useLive((state) => state.rooms[id]);
  if (!room) return null;
  const name = roomName(room, t);
  const count = unread(room);
  const at = lastActivity(room);
  return (
    <Link
      to="/rooms/$roomId"
      params={{ roomId: id }}
      preload={false}
      tabIndex={entry ? 0 : -1}
      data-room-row={id}
      onFocus={() => onFocus(id)}
      className={classes(
        'flex h-full items-center gap-3 rounded-lg px-2 transition-colors focus-visible:-outline-offset-2',
        open ? 'bg-accent-soft' : 'hover:bg-hover',
      )}
    >
      <Avatar {...roomPicture(room)} name={name} />
      <div className="min-w-0 flex-1">
        <div className="flex items-baseline gap-2">
          <span
            className={classes(
              'flex min-w-0 flex-1 items-center gap-1.5',
              count > 0 ? 'font-semibold' : 'font-medium',
            )}
          >
            <span dir="auto" className="truncate">
              {name}
            </span>
            {room.kind === 'channel' && (
              <Megaphone className="size-3.5 shrink-0 text-ink-faint" aria-label={t('rooms:channel')} />
            )}
          </span>
          <time
            dateTime={at}
            title={fullTime(at)}
            className={classes(
              'shrink-0 text-2xs tabular-nums',
              count > 0 ? 'text-accent-ink' : 'text-ink-faint',
            )}
          >
            {shortTime(at, today)}
          </time>
        </div>
        <div className="mt-0.5 flex h-5 items-center gap-2">
          <Preview room={room} open={open} unread={count > 0} />
          <UnreadBadge count={count} />
        </div>
      </div>
    </Link>
  );
});

/** What is most worth knowing: what failed, what was typed, what is on its way, what was said last. */
function Preview({ room, open, unread }: { room: RoomState; open: boolean; unread: boolean }) {
  const t = useText();
  const me = useLive((state) => state.me.id);
  // The open room's draft is in sight in its composer, and would change with every key here.
  const draft = useLive((state) => (open ? undefined : state.drafts[room.id]?.text.trim()));
  const failed = useLive(
    (state) => state.outbox[room.id]?.findLast((entry) => entry.state === 'failed')?.body,
  );
  const waiting = useLive(
    (state) => state.outbox[room.id]?.findLast((entry) => entry.state !== 'sent')?.body,
  );
  const last = room.last_message;

  if (failed !== undefined) return <Line lead={t('shell:not_sent')} tone="danger" text={failed} />;
  if (draft) return <Line lead={t('shell:draft')} tone="accent" text={draft} />;
  if (waiting !== undefined) return <Line lead={t('shell:sending')} text={waiting} />;
  if (!last) return <Line text={t('shell:no_messages')} />;
  const mine = last.sender.id === me;
  const named = mine || room.kind !== 'direct';
  return (
    <Line
      lead={named ? `${mine ? capitalised(t('you')) : last.sender.display_name}:` : undefined}
      text={last.body}
      strong={unread}
    />
  );
}

const TONES = { plain: '', danger: 'text-danger-ink font-medium', accent: 'text-accent-ink font-medium' };

interface LineProps {
  lead?: ReactNode;
  tone?: keyof typeof TONES;
  text: string;
  strong?: boolean;
}

function Line({ lead, tone = 'plain', text, strong = false }: LineProps) {
  return (
    <span
      dir="auto"
      className={classes(
        'min-w-0 flex-1 truncate text-parent text-[0.8125rem]',
        strong ? 'text-ink-soft' : 'text-ink-faint',
      )}
    >
      {lead && <span className={TONES[tone]}>{lead} </span>}
      {plainPreview(text)}
    </span>
  );
}

function capitalised(word: string): string {
  return word.charAt(0).toLocaleUpperCase() + word.slice(1);
}
