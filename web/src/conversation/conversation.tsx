import './conversation.css';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useClient, useLive } from '#/app/client_context.tsx';
import type { Count, Message, RoomId, RoomState } from '#/core/model.ts';
import { Composer, type ComposerHandle } from './composer/composer.tsx';
import { LoadingTimeline } from './loading.tsx';
import { ReadersDialog } from './message/readers_dialog.tsx';
import { NoTimeline } from './no_timeline.tsx';
import { silenceOf } from './policy.ts';
import { ActionsProvider, type TimelineActions } from './timeline/actions.ts';
import { Timeline, type TimelineHandle } from './timeline/timeline.tsx';

interface ConversationProps {
  roomId: RoomId;
  /** The message to show first: from a link to it. */
  n?: Count | undefined;
}

/** What was written in a room, and where to write. What the room is called stands above it. */
export function Conversation({ roomId, n }: ConversationProps) {
  return <Opened key={roomId} roomId={roomId} n={n} />;
}

function Opened({ roomId, n }: ConversationProps) {
  const client = useClient();
  const room = useLive((state) => state.rooms[roomId]);
  // What was asked for on entering; later wishes are of the open room.
  const first = useRef(n);
  useEffect(() => {
    const close = client.open(roomId);
    if (first.current !== undefined) void client.jumpTo(roomId, first.current);
    return close;
  }, [client, roomId]);
  return room ? <OpenRoom room={room} n={n} /> : null;
}

interface OpenRoomProps {
  room: RoomState;
  n: Count | undefined;
}

function OpenRoom({ room, n }: OpenRoomProps) {
  const client = useClient();
  const queries = useQueryClient();
  const timeline = useLive((state) => state.timelines[room.id]);
  const list = useRef<TimelineHandle>(null);
  const composer = useRef<ComposerHandle>(null);
  const [asked, ask] = useState<Message>();
  const mayReply = silenceOf(room) === undefined;

  const actions = useMemo<TimelineActions>(
    () => ({
      mayReply,
      reply: (message) => {
        queries.setQueryData(['message', message.id], message);
        composer.current?.reply(message.id);
      },
      show: (wanted) => list.current?.show(wanted),
      readersOf: ask,
      retry: (id) => void client.retry(id),
      edit: (outgoing) => {
        // What may have been sent already stays where it is.
        void client.discard(outgoing.id).then((taken) => taken && composer.current?.restore(taken));
      },
      discard: (id) => {
        void client.discard(id);
      },
    }),
    [client, queries, mayReply],
  );

  // A link to another message of the room that is open already.
  const shown = useRef(n);
  useEffect(() => {
    if (n === undefined || shown.current === n) return;
    shown.current = n;
    list.current?.show(n);
  }, [n]);

  const begun = timeline !== undefined && (timeline.messages.length > 0 || timeline.at_end);
  return (
    <ActionsProvider value={actions}>
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        {begun ? (
          <Timeline
            ref={list}
            room={room}
            timeline={timeline}
            n={n}
            onEscape={() => composer.current?.focus()}
          />
        ) : timeline?.failure ? (
          <NoTimeline failure={timeline.failure} retry={() => void client.jumpToEnd(room.id)} />
        ) : (
          <LoadingTimeline />
        )}
        <Composer
          ref={composer}
          room={room}
          onSent={() => list.current?.toEnd()}
          onEscape={() => list.current?.clearLine()}
          onUp={() => list.current?.focusLast()}
        />
      </div>
      <ReadersDialog room={room} message={asked} onClose={() => ask(undefined)} />
    </ActionsProvider>
  );
}
