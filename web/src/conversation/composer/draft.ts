import { type RefObject, useEffect, useRef, useState } from 'react';
import { useClient } from '#/app/client_context.tsx';
import type { Draft, MessageId, RoomId } from '#/core/model.ts';

/** Milliseconds from the last key until the draft is handed on. */
const PAUSE = 300;

interface DraftKeeper {
  /** What was there when the room was opened. */
  readonly text: string;
  readonly changed: () => void;
  readonly flush: () => void;
  /** Leaves the draft as it is until `done`, while its text becomes a message. */
  readonly hold: () => { done(): void };
}

/** Keeps what is typed: after a pause, when the room is left, and when the page goes or is put aside. */
export function useDraft(
  room: RoomId,
  area: RefObject<HTMLTextAreaElement | null>,
  reply_to: MessageId | undefined,
  onFound: (draft: Draft) => void,
): DraftKeeper {
  const client = useClient();
  const [text] = useState(() => client.store.getState().drafts[room]?.text ?? '');
  const keeper = useRef<Keeper>(undefined);
  keeper.current ??= new Keeper((draft) => client.saveDraft(room, draft), { text, reply_to });
  const { current } = keeper;
  const found = useRef(onFound);
  found.current = onFound;

  useEffect(() => current.answers(reply_to), [current, reply_to]);

  useEffect(() => {
    current.read = () => area.current?.value;
    if (text !== '') found.current({ text, reply_to: current.reply_to });
    const leave = () => {
      current.flush();
      // The client was told that the page goes before the composer was.
      void client.flush();
    };
    const aside = () => {
      if (document.visibilityState === 'hidden') leave();
    };
    addEventListener('pagehide', leave);
    document.addEventListener('visibilitychange', aside);
    // A draft that is read from the device, or comes from another tab, fills a composer that nobody touched.
    const unsubscribe = client.store.subscribe((state, before) => {
      const draft = state.drafts[room];
      if (!draft || draft === before.drafts[room] || !area.current || !current.untouched) return;
      area.current.value = draft.text;
      current.adopt(draft);
      found.current(draft);
    });
    return () => {
      unsubscribe();
      removeEventListener('pagehide', leave);
      document.removeEventListener('visibilitychange', aside);
      current.flush();
    };
  }, [client, room, area, text, current]);

  return {
    text,
    changed: () => current.changed(),
    flush: () => current.flush(),
    hold: () => current.hold(),
  };
}

class Keeper {
  reply_to: MessageId | undefined;
  /** The text as it is now; the last one that was read once the text area is gone. */
  read: () => string | undefined = () => undefined;
  #last: string;
  #saved: Draft;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #held = 0;
  readonly #save: (draft: Draft) => void;

  constructor(save: (draft: Draft) => void, saved: Draft) {
    this.#save = save;
    this.#saved = saved;
    this.#last = saved.text;
    this.reply_to = saved.reply_to;
  }

  get untouched(): boolean {
    return this.#last === '' && this.#saved.text === '' && this.#timer === undefined && this.#held === 0;
  }

  adopt(draft: Draft): void {
    this.#saved = draft;
    this.#last = draft.text;
    this.reply_to = draft.reply_to;
  }

  changed(): void {
    this.#last = this.read() ?? this.#last;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), PAUSE);
  }

  answers(reply_to: MessageId | undefined): void {
    if (reply_to === this.reply_to) return;
    this.reply_to = reply_to;
    this.changed();
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#held > 0) return;
    const draft = { text: this.#last, reply_to: this.reply_to };
    if (draft.text === this.#saved.text && draft.reply_to === this.#saved.reply_to) return;
    this.#saved = draft;
    this.#save(draft);
  }

  hold(): { done(): void } {
    this.#held += 1;
    return {
      done: () => {
        this.#held -= 1;
        this.flush();
      },
    };
  }
}
