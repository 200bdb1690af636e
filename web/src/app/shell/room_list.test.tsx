// @vitest-environment jsdom
import '../../../tests/setup_dom.ts';
import { act, cleanup, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { fakeClient } from '../../../tests/fakes/fake_client.ts';
import { claude, message, rooms } from '../../../tests/fakes/fake_world.ts';
import { renderApp } from '../../../tests/fakes/render_app.tsx';

const shown = vi.hoisted(() => vi.fn((text: string) => text));
vi.mock('#/app/message_preview.ts', () => ({ plainPreview: shown }));

const [hill] = rooms;

beforeEach(() => localStorage.clear());
afterEach(cleanup);

it('renders one row anew when something is said in one room', async () => {
  const { client } = await renderApp('/profile');
  await screen.findByText('Signal hill');
  shown.mockClear();
  act(() => {
    if (!hill) return;
    const said = message(hill.id, hill.n + 1, claude, 'one more', 0);
    const { rooms: before } = client.store.getState();
    client.store.setState({ rooms: { ...before, [hill.id]: { ...hill, n: said.n, last_message: said } } });
  });
  expect(await screen.findByText('one more')).toBeTruthy();
  expect(shown.mock.calls.map(([text]) => text)).toEqual(['one more']);
  expect(screen.getByText('4 unread messages')).toBeTruthy();
});

it('says exactly how many are unread where the badge is short of it', async () => {
  await renderApp('/profile');
  expect(await screen.findByText('99+')).toBeTruthy();
  expect(screen.getByText('128 unread messages')).toBeTruthy();
});

it('shows what failed before what was typed, and that before what was said', async () => {
  const id = hill?.id ?? '';
  const outgoing = {
    id: 'm',
    room: id,
    body: 'was refused',
    reply_to: undefined,
    written_at: 0,
    state: 'failed' as const,
    failure: undefined,
  };
  const client = fakeClient({
    drafts: { [id]: { text: 'half a thought', reply_to: undefined } },
    outbox: { [id]: [outgoing] },
  });
  await renderApp('/profile', { client });
  expect(await screen.findByText('Not sent:')).toBeTruthy();
  act(() => client.store.setState({ outbox: {} }));
  expect(await screen.findByText('Draft:')).toBeTruthy();
});

it('says that the rooms did not load, and asks again', async () => {
  const client = fakeClient({ rooms: {}, ready: false, failure: { code: 'network', detail: '' } });
  await renderApp('/profile', { client });
  expect(await screen.findByText('Your rooms did not load')).toBeTruthy();
  screen.getByRole('button', { name: 'Try again' }).click();
  expect(client.store.getState().connection.status).toBe('connecting');
});
