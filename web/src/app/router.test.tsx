// @vitest-environment jsdom
import '../../tests/setup_dom.ts';
import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeClient } from '../../tests/fakes/fake_client.ts';
import { fakeSessions } from '../../tests/fakes/fake_sessions.ts';
import { rooms } from '../../tests/fakes/fake_world.ts';
import { renderApp } from '../../tests/fakes/render_app.tsx';
import { username } from './remembered.ts';

const signedOut = () => fakeSessions({ status: 'signed_out', ended: false });

beforeEach(() => localStorage.clear());
afterEach(cleanup);

describe('who is not signed in', () => {
  it('is led to the log-in page, and back afterwards', async () => {
    const { router } = await renderApp(`/rooms/${rooms[0]?.id}`, { sessions: signedOut() });
    expect(router.state.location.pathname).toBe('/login');

    fireEvent.change(await screen.findByLabelText('Username'), { target: { value: 'ada' } });
    fireEvent.change(screen.getByLabelText('Password'), { target: { value: 'correct horse' } });
    fireEvent.click(screen.getByRole('button', { name: 'Log in' }));
    await screen.findByText('Log in').catch(() => undefined);
    await router.invalidate();
    await waitFor(() => expect(router.state.location.pathname).toBe(`/rooms/${rooms[0]?.id}`));
  });

  it('is told which field is missing before anything is sent', async () => {
    await renderApp('/login', { sessions: signedOut() });
    fireEvent.click(await screen.findByRole('button', { name: 'Log in' }));
    const field = screen.getByLabelText('Username');
    expect(await screen.findByText('Enter your username.')).toBeTruthy();
    expect(field.getAttribute('aria-invalid')).toBe('true');
    expect(document.activeElement).toBe(field);
  });

  it('is told at the field what the server refused', async () => {
    await renderApp('/register', { sessions: signedOut() });
    fireEvent.change(await screen.findByLabelText('Username'), { target: { value: 'ada' } });
    fireEvent.change(screen.getByLabelText('Password'), { target: { value: 'long enough' } });
    fireEvent.click(screen.getByRole('button', { name: 'Create account' }));
    expect(await screen.findByText(/Somebody has this username already/)).toBeTruthy();
  });

  it('hears that the session ended, and finds the name again', async () => {
    username.set('ada');
    await renderApp('/login', { sessions: fakeSessions({ status: 'signed_out', ended: true }) });
    expect(await screen.findByText('Your session has ended')).toBeTruthy();
    expect((screen.getByLabelText('Username') as HTMLInputElement).value).toBe('ada');
  });
});

describe('who is signed in', () => {
  it('has no use for the log-in page', async () => {
    const { router } = await renderApp('/login?next=%2Fprofile');
    await waitFor(() => expect(router.state.location.pathname).toBe('/profile'));
  });

  it('finds a room that was deleted gone, and the own words kept', async () => {
    const client = fakeClient({
      drafts: { gone: { text: 'what I meant to say', reply_to: undefined } },
      departed: { gone: { title: 'The old tower', why: 'deleted' } },
    });
    await renderApp('/rooms/gone', { client });
    expect(await screen.findByText('“The old tower” was deleted')).toBeTruthy();
    fireEvent.click(screen.getByRole('link', { name: 'See what you wrote' }));
    expect(await screen.findByText('what I meant to say')).toBeTruthy();
  });

  it('may join a public room whose address was given', async () => {
    const client = fakeClient({ rooms: {} });
    await renderApp(`/rooms/${rooms[0]?.id}`, { client });
    expect(await screen.findByRole('button', { name: /Join/ })).toBeTruthy();
  });

  it('finds a way on at an address that leads nowhere', async () => {
    await renderApp('/nowhere');
    expect(await screen.findByRole('link', { name: 'Back to the rooms' })).toBeTruthy();
  });
});
