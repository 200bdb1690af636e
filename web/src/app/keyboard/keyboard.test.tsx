// @vitest-environment jsdom
import '../../../tests/setup_dom.ts';
import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { rooms } from '../../../tests/fakes/fake_world.ts';
import { renderApp } from '../../../tests/fakes/render_app.tsx';
import { showSwitcher } from './switcher_state.ts';

const [first, second, third] = rooms.map((room) => room.id);

beforeEach(() => localStorage.clear());
afterEach(() => {
  showSwitcher(false);
  cleanup();
});

function press(key: string, more: object = {}, target: Element | Window = window) {
  fireEvent.keyDown(target, { key, ...more });
}

it('goes to a room by a few letters of its name', async () => {
  const { router } = await renderApp('/profile');
  press('k', { ctrlKey: true });
  const field = await screen.findByRole('combobox', { name: 'Go to' });
  fireEvent.change(field, { target: { value: 'kitch' } });
  await screen.findByRole('option', { name: /Kitchen/ });
  press('Enter', {}, field);
  await waitFor(() => expect(router.state.location.pathname).toBe(`/rooms/${rooms[3]?.id}`));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
});

it('moves through what the switcher found', async () => {
  const { router } = await renderApp('/profile');
  press('k', { ctrlKey: true });
  const field = await screen.findByRole('combobox', { name: 'Go to' });
  await screen.findByRole('option', { name: /Signal hill/ });
  press('ArrowDown', {}, field);
  press('Enter', {}, field);
  await waitFor(() => expect(router.state.location.pathname).toBe(`/rooms/${second}`));
});

it('says when nothing is called like that', async () => {
  await renderApp('/profile');
  press('k', { ctrlKey: true });
  fireEvent.change(await screen.findByRole('combobox', { name: 'Go to' }), { target: { value: 'zzzz' } });
  expect(await screen.findByText('Nothing is called like that.')).toBeTruthy();
});

it('steps through the rooms and through the unread ones', async () => {
  const { router } = await renderApp(`/rooms/${first}`);
  press('ArrowDown', { altKey: true });
  await waitFor(() => expect(router.state.location.pathname).toBe(`/rooms/${second}`));
  press('ArrowDown', { altKey: true, shiftKey: true });
  await waitFor(() => expect(router.state.location.pathname).toBe(`/rooms/${third}`));
  press('ArrowUp', { altKey: true });
  await waitFor(() => expect(router.state.location.pathname).toBe(`/rooms/${second}`));
});

it('takes a question mark in a field for a question mark', async () => {
  const { router } = await renderApp('/people');
  press('?', { shiftKey: true }, await screen.findByRole('searchbox', { name: /Name or username/ }));
  expect(router.state.location.pathname).toBe('/people');
  press('?', { shiftKey: true });
  await waitFor(() => expect(router.state.location.pathname).toBe('/shortcuts'));
});

it('has one entry into the list of rooms, and arrows inside', async () => {
  await renderApp(`/rooms/${first}`);
  const rows = await waitFor(() => {
    const found = [...document.querySelectorAll<HTMLElement>('[data-room-row]')];
    expect(found.length).toBeGreaterThan(2);
    return found;
  });
  expect(rows.filter((row) => row.tabIndex === 0)).toHaveLength(1);
  rows[0]?.focus();
  press('ArrowDown', {}, rows[0]);
  await waitFor(() => expect((document.activeElement as HTMLElement).dataset.roomRow).toBe(second));
});
