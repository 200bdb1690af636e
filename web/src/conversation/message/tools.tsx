import { Copy, Ellipsis, Eye, Link as LinkIcon, Reply } from 'lucide-react';
import { IconButton } from '#/components/icon_button.tsx';
import { Menu, MenuItem } from '#/components/menu.tsx';
import type { Message } from '#/core/model.ts';
import { useText } from '#/i18n/text.ts';
import { copyText } from '../copy.ts';
import { inOrder } from '../markdown/bidi.ts';
import { useActions } from '../timeline/actions.ts';

interface MessageToolsProps {
  message: Message;
  onOpenChange: (open: boolean) => void;
}

/** What can be done with the message that the pointer or the keyboard is on. */
export function MessageTools({ message, onOpenChange }: MessageToolsProps) {
  const t = useText();
  const { reply, readersOf, mayReply } = useActions();
  return (
    <div className="-top-3.5 absolute end-3 z-1 flex rounded-lg bg-raised shadow-raised">
      {mayReply && (
        <IconButton
          label={t('conversation:reply')}
          keys="R"
          icon={<Reply />}
          className="size-8!"
          onClick={() => reply(message)}
        />
      )}
      <Menu
        onOpenChange={onOpenChange}
        trigger={<IconButton label={t('conversation:more')} icon={<Ellipsis />} className="size-8!" />}
      >
        {mayReply && (
          <MenuItem icon={<Reply />} keys="R" onClick={() => reply(message)}>
            {t('conversation:reply')}
          </MenuItem>
        )}
        <MenuItem icon={<Copy />} onClick={() => void copyText(inOrder(message.body))}>
          {t('conversation:copy_text')}
        </MenuItem>
        <MenuItem icon={<LinkIcon />} onClick={() => void copyText(linkTo(message))}>
          {t('conversation:copy_link')}
        </MenuItem>
        <MenuItem icon={<Eye />} onClick={() => readersOf(message)}>
          {t('conversation:who_has_read')}
        </MenuItem>
      </Menu>
    </div>
  );
}

function linkTo(message: Message): string {
  return `${location.origin}/rooms/${message.room_id}?n=${message.n}`;
}
