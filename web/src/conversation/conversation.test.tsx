// @vitest-environment jsdom
import { act, cleanup, fireEvent, screen } from '@testing-library/react';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startTranslation } from '#/i18n/index.ts';
import { type FakeOptions, makeFakeClient } from '../../tests/fakes/client.ts';
import { messageOf, PEOPLE, ROOM } from '../../tests/fakes/messages.ts';
import { layOut, show } from '../../tests/fakes/show.tsx';
import { Conversation } from './conversation.tsx';

/** How often the list and the messages were rendered. */
const rendered = vi.hoisted(() => ({ lists: 0, messages: 0 }));

vi.mock('./timeline/list.tsx', async (original) => {
  const module = await original<typeof import('./timeline/list.tsx')>();
  return {
    ...module,
    TimelineList(props: Parameters<typeof module.TimelineList>[0]) {
      rendered.lists += 1;
      return module.TimelineList(props);
    },
  };
});

vi.mock('./message/message.tsx', async (original) => {
  const module = await original<typeof import('./message/message.tsx')>();
  return {
    ...module,
    MessageView(props: Parameters<typeof module.MessageView>[0]) {
      rendered.messages += 1;
      return module.MessageView(props);
    },
  };
});

beforeAll(startTranslation);
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
  layOut();
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

async function open(options: FakeOptions = {}) {
  const client = makeFakeClient({ n: 20, ...options });
  const page = show(client, <Conversation roomId={ROOM} />);
  await act(() => vi.advanceTimersByTimeAsync(20));
  return { client, ...page };
}

describe('the conversation', () => {
  it('renders no message and no list while somebody types', async () => {
    await open();
    const area = screen.getByRole('textbox');
    fireEvent.input(area, { target: { value: 'a' } });
    await act(() => vi.advanceTimersByTimeAsync(2_000));
    const before = { ...rendered };
    for (let i = 2; i <= 60; i++) fireEvent.input(area, { target: { value: 'a'.repeat(i) } });
    await act(() => vi.advanceTimersByTimeAsync(2_000));
    expect(rendered).toEqual(before);
  });

  it('renders only the new message when one comes', async () => {
    const { client } = await open();
    await act(() => vi.advanceTimersByTimeAsync(2_000));
    const before = rendered.messages;
    act(() => client.receive(1));
    await act(() => vi.advanceTimersByTimeAsync(20));
    // Once as it comes, and never more than once again when it was measured.
    expect(rendered.messages - before).toBeLessThanOrEqual(2);
  });

  it('marks the room as read once its newest message was seen', async () => {
    const { client } = await open({ read_n: 12 });
    await act(() => vi.advanceTimersByTimeAsync(1_000));
    expect(client.calls.markRead.at(-1)).toBe(20);
  });

  it('marks nothing as read while nobody looks', async () => {
    vi.spyOn(document, 'hasFocus').mockReturnValue(false);
    const { client } = await open({ read_n: 12 });
    await act(() => vi.advanceTimersByTimeAsync(5_000));
    expect(client.calls.markRead).toEqual([]);
    vi.spyOn(document, 'hasFocus').mockReturnValue(true);
    act(() => void window.dispatchEvent(new Event('focus')));
    await act(() => vi.advanceTimersByTimeAsync(1_000));
    expect(client.calls.markRead.at(-1)).toBe(20);
  });

  it('keeps the line above what was unread on entering until Escape', async () => {
    const { client } = await open({ read_n: 18 });
    await act(() => vi.advanceTimersByTimeAsync(1_000));
    expect(client.store.getState().rooms[ROOM]?.read_n).toBe(20);
    expect(screen.getByText('New')).toBeTruthy();
    fireEvent.keyDown(screen.getByRole('textbox'), { key: 'Escape' });
    expect(screen.queryByText('New')).toBeNull();
  });

  it('draws a line below what was there when the person looked away', async () => {
    const { client } = await open();
    vi.spyOn(document, 'hasFocus').mockReturnValue(false);
    act(() => void window.dispatchEvent(new Event('blur')));
    act(() => client.receive(2));
    await act(() => vi.advanceTimersByTimeAsync(20));
    expect(screen.getByText('New')).toBeTruthy();
  });

  it('tells screen readers of a message, and counts many', async () => {
    const { client } = await open();
    const status = () =>
      screen
        .getAllByRole('status')
        .map((region) => region.textContent)
        .join();
    act(() => client.receive(1, () => ({ sender: PEOPLE[1], body: 'The line is open', source: null })));
    await act(() => vi.advanceTimersByTimeAsync(2_000));
    expect(status()).toContain('Claude Chappe: The line is open');
    act(() => client.receive(5, () => ({ sender: PEOPLE[3], source: null })));
    await act(() => vi.advanceTimersByTimeAsync(2_000));
    expect(status()).toContain('5 new messages from Grace Hopper');
  });

  it('keeps a message in its place when the server has it', async () => {
    const { client } = await open();
    await act(() => client.send(ROOM, 'On its way'));
    await act(() => vi.advanceTimersByTimeAsync(20));
    const id = client.store.getState().outbox[ROOM]?.[0]?.id ?? '';
    const element = screen.getByText('On its way');
    act(() => client.receive(1, () => ({ id, sender: PEOPLE[0], body: 'On its way', source: null })));
    await act(() => vi.advanceTimersByTimeAsync(20));
    expect(screen.getByText('On its way')).toBe(element);
  });

  it('says in an empty room how to begin, and where a message came from', async () => {
    await open({ n: 0 });
    expect(screen.getByText(/Say the first word/)).toBeTruthy();
    cleanup();
    const source = { kind: 'telegram', chat: '-1', message_id: '1' };
    await open({ n: 1, message: (n) => messageOf(n, { sender: PEOPLE[5], source }) });
    expect(screen.getByText('via Telegram')).toBeTruthy();
  });

  it('says why the messages could not be fetched, and fetches them when asked to', async () => {
    const client = makeFakeClient({ n: 20 });
    client.failure = { code: 'network', detail: 'nothing answered' };
    show(client, <Conversation roomId={ROOM} />);
    await act(() => vi.advanceTimersByTimeAsync(20));
    expect(screen.getByRole('alert').textContent).toContain('could not be fetched');
    client.failure = undefined;
    await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Try again' })));
    expect(screen.getAllByRole('article').length).toBeGreaterThan(5);
  });

  it('does not show the end, and reads nothing, before the first unread message is there', async () => {
    const client = makeFakeClient({ n: 300, read_n: 220, page: 100, delay: 1_000 });
    // What is known from the last visit: the end, without the first unread message.
    client.set({
      timelines: {
        [ROOM]: {
          messages: Array.from({ length: 50 }, (_, i) => messageOf(251 + i)),
          at_end: true,
          loading: 'window',
          failure: undefined,
        },
      },
    });
    show(client, <Conversation roomId={ROOM} />);
    await act(() => vi.advanceTimersByTimeAsync(800));
    expect(screen.queryAllByRole('article')).toEqual([]);
    expect(client.calls.markRead).toEqual([]);
  });
});
