import { SHORTCUTS, type Shortcut, type ShortcutGroup } from '#/app/keyboard/shortcuts.ts';
import { Page, Section } from '#/app/shell/page.tsx';
import { Keys } from '#/components/keys.tsx';
import { useText } from '#/i18n/text.ts';

const GROUPS: readonly ShortcutGroup[] = ['anywhere', 'rooms', 'list', 'writing', 'messages'];

/** What keys do. */
export function ShortcutsPage() {
  const t = useText();
  const all = Object.entries(SHORTCUTS) as [Shortcut, (typeof SHORTCUTS)[Shortcut]][];
  return (
    <Page plain title={t('keys:title')} lead={t('keys:lead')}>
      {GROUPS.map((group) => (
        <Section key={group} title={t(`keys:group_${group}`)}>
          <dl className="divide-y divide-line">
            {all
              .filter(([, shortcut]) => shortcut.group === group)
              .map(([name, { chords }]) => (
                <div key={name} className="flex items-center justify-between gap-6 py-2.5">
                  <dt>{t(`keys:${name}`)}</dt>
                  <dd className="flex shrink-0 items-center gap-2 text-ink-faint text-xs">
                    {chords.map((chord, i) => (
                      <span key={chord} className="flex items-center gap-2">
                        {i > 0 && t('keys:or')}
                        <Keys keys={chord} />
                      </span>
                    ))}
                  </dd>
                </div>
              ))}
          </dl>
        </Section>
      ))}
    </Page>
  );
}
