import type { profile as english } from '../en/profile.ts';
import type { Translated } from '../translated.ts';

export const profile: Translated<typeof english> = {
  title: 'Профіль і налаштування',
  you: 'Ви',
  display_name: 'Ваше ім’я',
  display_name_hint: 'Таким його бачать інші, зокрема в старих повідомленнях.',
  username: 'Ім’я користувача',
  username_hint: 'Його змінити не можна.',
  missing_display_name: 'Введіть ім’я.',
  name_saved: 'Ваше ім’я змінено.',
  joined: 'Тут з {{date}}',
  look: 'Вигляд і мова',
  theme: 'Тема',
  theme_system: 'Як у системі',
  theme_light: 'Світла',
  theme_dark: 'Темна',
  language_system: 'Як у браузері',
  device: 'Цей пристрій',
  durable_title: 'Чернетки й ненадіслані повідомлення зберігаються',
  durable: 'Вони переживуть перезавантаження та втрату з’єднання.',
  memory_title: 'На цьому пристрої нічого не зберігається',
  memory:
    'Браузер не дає Chappe сховища, як-от у деяких приватних вікнах або коли диск заповнено. Усе ненадіслане зникне, коли ви закриєте сторінку.',
  log_out: 'Вийти',
  log_out_title: 'Вийти на цьому пристрої?',
  log_out_text:
    'Усе, що Chappe зберігає на цьому пристрої, буде прибрано. Ваші повідомлення залишаться на сервері.',
  log_out_losing_one: 'Буде втрачено {{count, number}} ненадісланий текст.',
  log_out_losing_few: 'Буде втрачено {{count, number}} ненадіслані тексти.',
  log_out_losing_many: 'Буде втрачено {{count, number}} ненадісланих текстів.',
  log_out_losing_other: 'Буде втрачено {{count, number}} ненадісланого тексту.',
};
