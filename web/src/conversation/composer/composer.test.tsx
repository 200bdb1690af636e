// @vitest-environment jsdom
import { act, cleanup, createEvent, fireEvent, screen } from '@testing-library/react';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startTranslation } from '#/i18n/index.ts';
import { type FakeClient, type FakeOptions, makeFakeClient } from '../../../tests/fakes/client.ts';
import { messageOf, ROOM } from '../../../tests/fakes/messages.ts';
import { layOut, show } from '../../../tests/fakes/show.tsx';
import { Conversation } from '../conversation.tsx';

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

async function open(options: FakeOptions = {}, prepare: (client: FakeClient) => void = () => {}) {
  const client = makeFakeClient({ n: 20, ...options });
  prepare(client);
  const page = show(client, <Conversation roomId={ROOM} />);
  await act(() => vi.advanceTimersByTimeAsync(10));
  return { client, ...page };
}

const area = () => screen.getByRole<HTMLTextAreaElement>('textbox');

function type(text: string) {
  fireEvent.input(area(), { target: { value: text } });
}

const press = (key: string, more: object = {}) => fireEvent.keyDown(area(), { key, ...more });

describe('the composer', () => {
  it('sends with Enter and is empty afterwards', async () => {
    const { client } = await open();
    type('The line is open');
    press('Enter');
    expect(area().value).toBe('');
    await act(() => vi.advanceTimersByTimeAsync(500));
    expect(client.calls.send).toEqual([{ body: 'The line is open', reply_to: undefined }]);
    expect(client.store.getState().drafts[ROOM]?.text ?? '').toBe('');
  });

  it('begins a line with Shift+Enter, and leaves Enter to an input method that composes', async () => {
    const { client } = await open();
    type('one');
    press('Enter', { shiftKey: true });
    press('Enter', { isComposing: true });
    press('Enter', { keyCode: 229 });
    expect(client.calls.send).toEqual([]);
    expect(area().value).toBe('one');
  });

  it('sends nothing twice, and nothing that is blank', async () => {
    const { client } = await open();
    type('once');
    press('Enter');
    press('Enter');
    type(' \n ');
    press('Enter');
    expect(client.calls.send).toHaveLength(1);
  });

  it('sends without the control characters that the server refuses', async () => {
    const { client } = await open();
    type('a\u0000b\u001bc');
    press('Enter');
    expect(client.calls.send[0]?.body).toBe('abc');
  });

  it('tells how much room is left, and refuses what is too long without losing it', async () => {
    const { client } = await open();
    type('x'.repeat(9_990));
    expect(screen.getByText('10 characters left')).toBeTruthy();
    type('x'.repeat(10_007));
    press('Enter');
    expect(screen.getByRole('alert').textContent).toContain('too long by 7 characters');
    expect(area().value).toHaveLength(10_007);
    expect(client.calls.send).toEqual([]);
    type('x'.repeat(10_000));
    expect(screen.queryByRole('alert')).toBeNull();
    press('Enter');
    expect(client.calls.send).toHaveLength(1);
  });

  it('takes in no pasted megabytes, and keeps what was typed', async () => {
    await open();
    type('precious');
    const paste = createEvent.paste(area(), { clipboardData: { getData: () => 'x'.repeat(3_000_000) } });
    fireEvent(area(), paste);
    expect(paste.defaultPrevented).toBe(true);
    expect(area().value).toBe('precious');
    expect(screen.getByRole('alert').textContent).toContain('3,000,000 characters');
  });

  it('keeps a draft after a pause, when the page is hidden and when the room is left', async () => {
    const { client, unmount } = await open();
    const drafts = () => client.calls.saveDraft.map((draft) => draft.text);
    type('one');
    await act(() => vi.advanceTimersByTimeAsync(400));
    expect(drafts()).toEqual(['one']);
    type('one two');
    window.dispatchEvent(new Event('pagehide'));
    expect(drafts()).toEqual(['one', 'one two']);
    type('one two three');
    unmount();
    expect(drafts()).toEqual(['one', 'one two', 'one two three']);
  });

  it('shows the draft of the room, with what it answers', async () => {
    await open({}, (client) =>
      client.set({ drafts: { [ROOM]: { text: 'half a thought', reply_to: messageOf(18).id } } }),
    );
    expect(area().value).toBe('half a thought');
    expect(screen.getByLabelText('Do not reply')).toBeTruthy();
  });

  it('takes over a draft that is read from the device late, but not over what is being typed', async () => {
    const { client } = await open();
    act(() => client.set({ drafts: { [ROOM]: { text: 'from another tab', reply_to: undefined } } }));
    expect(area().value).toBe('from another tab');
    type('mine');
    act(() => client.set({ drafts: { [ROOM]: { text: 'from another tab again', reply_to: undefined } } }));
    expect(area().value).toBe('mine');
  });

  it('keeps the draft until the message is safe, and puts the text back when it is not', async () => {
    const { client } = await open();
    type('important');
    await act(() => vi.advanceTimersByTimeAsync(400));
    let fail: (reason: Error) => void = () => {};
    client.send = () =>
      new Promise((_, reject) => {
        fail = reject;
      });
    press('Enter');
    await act(() => vi.advanceTimersByTimeAsync(1_000));
    expect(client.store.getState().drafts[ROOM]?.text).toBe('important');
    await act(async () => fail(new Error('no')));
    expect(area().value).toBe('important');
  });

  it('answers a message, and takes the answer back with Escape', async () => {
    const { client } = await open();
    const message = screen.getAllByRole('article').at(-1) as HTMLElement;
    act(() => message.focus());
    fireEvent.keyDown(message, { key: 'r' });
    expect(document.activeElement).toBe(area());
    press('Escape');
    expect(screen.queryByLabelText('Do not reply')).toBeNull();
    act(() => message.focus());
    fireEvent.keyDown(message, { key: 'r' });
    type('yes');
    press('Enter');
    expect(client.calls.send).toEqual([{ body: 'yes', reply_to: messageOf(20).id }]);
  });

  it('goes to the last message with the up arrow while it is empty, and comes back with Escape', async () => {
    await open();
    press('ArrowUp');
    expect(document.activeElement?.getAttribute('aria-posinset')).toBe('20');
    fireEvent.keyDown(document.activeElement as Element, { key: 'ArrowUp' });
    expect(document.activeElement?.getAttribute('aria-posinset')).toBe('19');
    fireEvent.keyDown(document.activeElement as Element, { key: 'Escape' });
    expect(document.activeElement).toBe(area());
  });

  it('takes a failed message back before what was typed since', async () => {
    const { client } = await open();
    type('typed since');
    act(() =>
      client.setOutbox([
        {
          id: 'failed',
          room: ROOM,
          body: 'too hasty',
          reply_to: undefined,
          written_at: Date.now(),
          state: 'failed',
          failure: { code: 'too_many_requests', detail: 'slow down' },
        },
      ]),
    );
    expect(screen.getByText('Too many requests. Wait a little and try again.')).toBeTruthy();
    await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Edit' })));
    expect(area().value).toBe('too hasty\n\ntyped since');
    expect(client.store.getState().outbox[ROOM]).toEqual([]);
  });

  it('says why nothing may be written, and keeps what was typed when that begins', async () => {
    const { client } = await open();
    type('one more thing');
    act(() => client.setRoom({ role: 'reader' }));
    expect(screen.getByText(/You are here as a reader/)).toBeTruthy();
    expect(area().value).toBe('one more thing');
    expect(area().readOnly).toBe(true);
    press('Enter');
    expect(client.calls.send).toEqual([]);
  });

  it('is not there in a channel for those who only read it', async () => {
    await open({ room: { kind: 'channel', role: 'member' } });
    expect(screen.queryByRole('textbox')).toBeNull();
    expect(screen.getByText('Only owners and admins write in this channel.')).toBeTruthy();
  });
});
