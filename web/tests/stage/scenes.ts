import type { Message, Outgoing } from '#/core/model.ts';
import type { FakeClient, FakeOptions } from '../fakes/client.ts';
import { messageOf, PEOPLE, ROOM } from '../fakes/messages.ts';

export interface Scene {
  options: (query: URLSearchParams) => FakeOptions;
  play?: (client: FakeClient) => void;
}

const NOW = Date.now();

/** A conversation as it could be, of all that a message can be. */
const LIVELY: readonly (readonly [author: number, body: string, change?: Partial<Message>])[] = [
  [1, 'Good morning! The line to **Lille** is open again. First dispatch went through in *nine minutes*.'],
  [1, 'Full log: https://example.org/logs/1794/lille?line=1'],
  [
    3,
    'Nice. I rebuilt the decoder meanwhile:\n\n```rust\n/// One position of the arms is one number.\nfn decode(signal: &[Position]) -> Result<String, Garbled> {\n    signal.iter().map(|position| CODEBOOK.get(position.index()).ok_or(Garbled)).collect()\n}\n```\n\nIt handles all 92 positions now.',
  ],
  [0, '🎉🎉🎉'],
  [
    2,
    'Доброго ранку! Перевірила журнал: три сигнали прийшли з **помилкою**, решта гаразд. Завтра піднімемо вежу вище, бо дерева вже заступають горизонт.',
  ],
  [
    4,
    '**Weather for tower 7**\n\n| Hour | Sight | Wind |\n|-----:|:-----:|------|\n| 09 | 12 km | calm |\n| 12 | 9 km | 3 m/s from the south-west |\n| 15 | *fog* | – |',
  ],
  [5, 'Писали з дороги: туман сходить, за годину буде видно.'],
  [5, 'Я вже біля третьої вежі'],
  [6, 'בוקר טוב, אפשר להתחיל לשדר בעוד עשר דקות? (tower 3 → 4)'],
  [
    0,
    'Yes. To do before that:\n\n- [x] oil the arms\n- [ ] wake the second operator\n- [ ] tell Paris\n  1. by rider\n  2. by signal, if the air clears',
  ],
  [
    1,
    '> Yes. To do before that\n\nI wake her. She said `--dawn` means *after* coffee.',
    { reply_to: messageOf(10).id },
  ],
  [3, `A_word_that_never_ends_${'Donaudampfschifffahrtsgesellschaft'.repeat(6)}`],
  [
    3,
    '[https://bank.example](https://evil.example/login) [click](javascript:alert(1)) ![cat](https://cats.example/c.png) <img src=x onerror=alert(1)>',
  ],
  [0, 'All set. Starting.'],
];

function lively(n: number): Message {
  const [author, body, change] = LIVELY[n - 1] ?? LIVELY[0] ?? [0, ''];
  const sender = PEOPLE[author] as Message['sender'];
  const at = n < 5 ? NOW - 26 * 3_600_000 + n * 70_000 : NOW - 3_600_000 + n * 130_000;
  return messageOf(n, {
    sender,
    body,
    created_at: new Date(at).toISOString(),
    ...(sender.kind === 'bridged'
      ? { source: { kind: 'telegram', chat: '-1', message_id: `${n}` } }
      : { source: null }),
    ...change,
  });
}

function outgoing(id: string, body: string, state: Outgoing['state'], code?: string): Outgoing {
  return {
    id,
    room: ROOM,
    body,
    reply_to: undefined,
    written_at: NOW,
    state,
    failure: code === undefined ? undefined : { code, detail: 'the server said no' },
  };
}

const NASTY: readonly string[] = [
  '‮evil‬ right-to-left override and ‮gpj.exe',
  `Z̷͇̈a̴̛͖l̶̰̓g̸̙̔o̵̻͝ ${'ǭ̶̧̛̰̥̮̱̗̯̥͇͚̂́̓͛͊̈́̕͝ͅ'.repeat(10)}`,
  '>'.repeat(10_000),
  '['.repeat(9_000),
  '*a_'.repeat(3_000),
  Array.from({ length: 400 }, (_, i) => `line ${i + 1}`).join('\n'),
  `|${'a|'.repeat(30)}\n|${'-|'.repeat(30)}\n|${'wide cell content|'.repeat(30)}`,
  `\`\`\`\n${'x'.repeat(400)}\n\`\`\``,
  '# Heading one\n## Heading two\ntext right after\n---\nand after a line',
  'https://аррӏе.com/ and https://user:pass@evil.example/google.com',
  '1. one\n   - two\n     - three\n       > four\n       > > five',
  '<script>alert(1)</script><svg onload=alert(1)>',
  '    four spaces are four spaces\nand\ttabs\tare tabs',
  '👩‍👩‍👧‍👦 🇺🇦 👍🏽',
];

export const scenes: Record<string, Scene> = {
  plain: {
    options: (query) => ({
      n: Number(query.get('size') ?? 400),
      read_n: Number(query.get('read') ?? query.get('size') ?? 400),
      tail: Number(query.get('tail') ?? 0),
      delay: Number(query.get('delay') ?? 30),
      page: Number(query.get('page') ?? 100),
      readers: { [PEOPLE[1]?.id ?? '']: Number(query.get('size') ?? 400) - 2 },
    }),
  },
  lively: {
    options: () => ({
      n: LIVELY.length,
      read_n: 10,
      message: lively,
      room: { topic: 'The line Paris – Lille, day and night. Codebook: https://example.org/codes' },
      readers: Object.fromEntries(PEOPLE.map(({ id }, i) => [id, i === 5 ? 0 : LIVELY.length - (i % 3)])),
    }),
    play: (client) =>
      client.setOutbox([
        outgoing('a', 'Signal 14, repeat twice', 'sent'),
        outgoing('b', 'Is anybody at tower 9?', 'queued'),
        outgoing('c', 'This one was too hasty', 'failed', 'too_many_requests'),
      ]),
  },
  nasty: {
    options: () => ({
      n: NASTY.length,
      message: (n) =>
        messageOf(n, {
          body: NASTY[n - 1] ?? '',
          created_at: new Date(NOW - 3_600_000 + n * 60_000).toISOString(),
          sender: {
            ...(PEOPLE[n % PEOPLE.length] as Message['sender']),
            ...(n % 4 === 0 ? { display_name: `Wolfeschlegelsteinhausenbergerdorff${'ff'.repeat(40)}` } : {}),
          },
        }),
      room: { title: 'Donaudampfschifffahrtsgesellschaftskapitänskajüte'.repeat(3), topic: 'x'.repeat(300) },
    }),
  },
  empty: { options: () => ({ n: 0 }) },
  channel: { options: () => ({ n: 30, room: { kind: 'channel', role: 'reader', title: 'Announcements' } }) },
  failing: {
    options: () => ({ n: 300 }),
    play: (client) => {
      client.failure = { code: 'network', detail: 'the server could not be reached' };
    },
  },
};
