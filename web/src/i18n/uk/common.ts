import type { common as english } from '../en/common.ts';
import type { Translated } from '../translated.ts';

export const common: Translated<typeof english> = {
  app_name: 'Chappe',
  cancel: 'Скасувати',
  close: 'Закрити',
  save: 'Зберегти',
  back: 'Назад',
  retry: 'Спробувати ще раз',
  loading: 'Завантаження…',
  load_more: 'Показати ще',
  you: 'ви',
  unread_count_one: '{{count, number}} непрочитане повідомлення',
  unread_count_few: '{{count, number}} непрочитані повідомлення',
  unread_count_many: '{{count, number}} непрочитаних повідомлень',
  unread_count_other: '{{count, number}} непрочитаного повідомлення',
  members_one: '{{count, number}} учасник',
  members_few: '{{count, number}} учасники',
  members_many: '{{count, number}} учасників',
  members_other: '{{count, number}} учасника',
};
