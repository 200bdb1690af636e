import { SendHorizontal } from 'lucide-react';
import { type KeyboardEvent, type Ref, useImperativeHandle, useRef, useState } from 'react';
import { useClient } from '#/app/client_context.tsx';
import { roomName } from '#/app/room_name.ts';
import { Banner } from '#/components/banner.tsx';
import { classes } from '#/components/classes.ts';
import { IconButton } from '#/components/icon_button.tsx';
import type { MessageId, Outgoing, RoomState } from '#/core/model.ts';
import { useText } from '#/i18n/text.ts';
import { silenceOf } from '../policy.ts';
import { useDraft } from './draft.ts';
import { FormattingHelp } from './formatting_help.tsx';
import { CHARACTERS, COMPOSABLE, isBlank, type Room as Left, roomLeft, sendable } from './limits.ts';
import { ReplyPreview } from './reply_preview.tsx';

export interface ComposerHandle {
  focus(): void;
  reply(to: MessageId): void;
  /** Takes a message that was not sent back, before what was typed since. */
  restore(outgoing: Outgoing): void;
}

interface ComposerProps {
  ref: Ref<ComposerHandle>;
  room: RoomState;
  onSent: () => void;
  /** Esc with nothing to take back here. */
  onEscape: () => void;
  /** The up arrow in an empty text. */
  onUp: () => void;
}

type Notice = { kind: 'too_much'; characters: number } | { kind: 'too_long'; left: Left };

/**
 * Where messages are written. The text is the text area's own: a key that is pressed renders nothing, but where a
 * limit comes near or the first character makes sending possible.
 */
export function Composer({ ref, room, onSent, onEscape, onUp }: ComposerProps) {
  const t = useText();
  const client = useClient();
  const area = useRef<HTMLTextAreaElement>(null);
  const [reply_to, setReply] = useState<MessageId | undefined>(
    () => client.store.getState().drafts[room.id]?.reply_to,
  );
  const [blank, setBlank] = useState(true);
  const [left, setLeft] = useState<Left>();
  const [notice, setNotice] = useState<Notice>();
  const silence = silenceOf(room);

  const look = () => {
    const text = area.current?.value ?? '';
    setBlank(isBlank(text));
    const next = roomLeft(text);
    setLeft((last) => (last?.left === next?.left && last?.unit === next?.unit ? last : next));
    if (!next || next.left >= 0) setNotice(undefined);
    grow(area.current);
  };

  const draft = useDraft(room.id, area, reply_to, (found) => {
    setReply(found.reply_to);
    look();
  });

  const write = (text: string) => {
    if (!area.current) return;
    area.current.value = text;
    look();
    draft.changed();
  };

  const send = async () => {
    const text = sendable(area.current?.value ?? '');
    if (silence !== undefined || isBlank(text)) return;
    const over = roomLeft(text);
    if (over && over.left < 0) {
      setNotice({ kind: 'too_long', left: over });
      return;
    }
    // The draft stays on the device until the message is there in its place.
    const sent = draft.hold();
    write('');
    setReply(undefined);
    onSent();
    try {
      await client.send(room.id, text, reply_to);
      sent.done();
    } catch {
      write(text + (area.current?.value ? `\n${area.current.value}` : ''));
      setReply(reply_to);
      sent.done();
    }
  };

  useImperativeHandle(ref, () => ({
    focus: () => area.current?.focus(),
    reply: (to) => {
      setReply(to);
      draft.changed();
      area.current?.focus();
    },
    restore: (outgoing) => {
      const now = area.current?.value ?? '';
      write(now === '' ? outgoing.body : `${outgoing.body}\n\n${now}`);
      if (outgoing.reply_to !== undefined) setReply(outgoing.reply_to);
      area.current?.focus();
    },
  }));

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    // An input method has the keys while it composes.
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (event.key === 'Enter' && !event.shiftKey && !event.altKey) {
      if (writesLinesByEnter() && !event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      void send();
    } else if (event.key === 'Escape') {
      if (reply_to === undefined) onEscape();
      else setReply(undefined);
    } else if (event.key === 'ArrowUp' && !event.altKey && event.currentTarget.value === '') {
      event.preventDefault();
      onUp();
    }
  };

  /** What could never be sent is not taken in: a text area of megabytes would stand still. */
  const refuseTooMuch = (coming: string, refuse: () => void) => {
    const here = area.current?.value.length ?? 0;
    if (here + coming.length <= COMPOSABLE) return;
    refuse();
    setNotice({ kind: 'too_much', characters: coming.length });
  };

  if (silence !== undefined && blank) {
    return (
      <div className="composer-place">
        <Banner>
          {t(silence === 'channel' ? 'conversation:silent_channel' : 'conversation:silent_reader')}
        </Banner>
      </div>
    );
  }
  const over = left !== undefined && left.left < 0;
  return (
    <div className="composer-place">
      {silence !== undefined && (
        <Banner className="mb-2" role="status">
          {t(silence === 'channel' ? 'conversation:silent_channel' : 'conversation:silent_reader')}
        </Banner>
      )}
      {notice && (
        <Banner tone="danger" role="alert" className="mb-2">
          {notice.kind === 'too_much'
            ? t('conversation:pasted_too_much', { count: notice.characters, most: CHARACTERS })
            : t(notice.left.unit === 'characters' ? 'conversation:too_long' : 'conversation:too_long_bytes', {
                count: -notice.left.left,
              })}
        </Banner>
      )}
      <div
        className={classes(
          'rounded-xl border bg-canvas transition-colors focus-within:border-accent',
          over ? 'border-danger focus-within:border-danger' : 'border-line-strong',
        )}
      >
        {reply_to !== undefined && <ReplyPreview id={reply_to} onCancel={() => setReply(undefined)} />}
        <div className="flex items-end gap-1 p-1">
          <FormattingHelp />
          <textarea
            ref={area}
            data-composer
            rows={1}
            dir="auto"
            defaultValue={draft.text}
            // biome-ignore lint/a11y/noAutofocus: the room was opened to write or read in it; its keys begin here
            autoFocus={!writesLinesByEnter()}
            readOnly={silence !== undefined}
            aria-label={t('conversation:write_to', { room: roomName(room, t) })}
            placeholder={t('conversation:write_to', { room: roomName(room, t) })}
            enterKeyHint={writesLinesByEnter() ? 'enter' : 'send'}
            className="field-sizing-content max-h-[40vh] min-h-9 flex-1 resize-none bg-transparent px-1.5 py-[0.4375rem] text-[0.9375rem] leading-[1.375rem] outline-none placeholder:truncate pointer-coarse:min-h-11 pointer-coarse:py-[0.6875rem] pointer-coarse:text-base"
            onInput={() => {
              look();
              draft.changed();
            }}
            onKeyDown={onKeyDown}
            onPaste={(event) =>
              refuseTooMuch(event.clipboardData.getData('text/plain'), () => event.preventDefault())
            }
            onDrop={(event) =>
              refuseTooMuch(event.dataTransfer.getData('text/plain'), () => event.preventDefault())
            }
            onBlur={draft.flush}
          />
          {left && (
            <span
              role="status"
              className={classes(
                'self-center px-1 text-xs tabular-nums',
                over ? 'text-danger-ink' : 'text-ink-faint',
              )}
            >
              {t(left.unit === 'characters' ? 'conversation:left_characters' : 'conversation:left_bytes', {
                count: left.left,
              })}
            </span>
          )}
          <IconButton
            label={t('conversation:send')}
            keys="Enter"
            tone={blank || over ? 'plain' : 'accent'}
            icon={<SendHorizontal className="rtl:-scale-x-100" />}
            disabled={blank || silence !== undefined}
            // The keyboard of a phone stays open.
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => void send()}
          />
        </div>
      </div>
    </div>
  );
}

/** On the keyboard of a phone Enter makes a line: there is no Shift to hold, and a button to send. */
function writesLinesByEnter(): boolean {
  return globalThis.matchMedia?.('(pointer: coarse) and (hover: none)').matches ?? false;
}

/** Lets the text area grow where the browser does not do it by itself. */
function grow(area: HTMLTextAreaElement | null): void {
  if (!area || globalThis.CSS?.supports?.('field-sizing', 'content')) return;
  area.style.height = 'auto';
  area.style.height = `${area.scrollHeight}px`;
}
