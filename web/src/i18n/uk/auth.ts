import type { auth as english } from '../en/auth.ts';
import type { Translated } from '../translated.ts';

export const auth: Translated<typeof english> = {
  log_in: 'Увійти',
  log_in_title: 'З поверненням',
  log_in_lead: 'Увійдіть, щоб продовжити з того ж місця.',
  register: 'Створити обліковий запис',
  register_title: 'Новий обліковий запис',
  register_lead: 'Він існує лише на цьому сервері й більше ніде.',
  username: 'Ім’я користувача',
  username_hint: 'За ним вас знаходять інші. Латинські літери, цифри, крапки, підкреслення, дефіси.',
  display_name: 'Ваше ім’я',
  display_name_hint: 'Таким його бачать інші. Його можна змінити пізніше.',
  password: 'Пароль',
  password_hint: 'Щонайменше 8 символів.',
  show_password: 'Показати пароль',
  hide_password: 'Сховати пароль',
  no_account: 'Ще не маєте облікового запису?',
  have_account: 'Уже маєте обліковий запис?',
  ended_title: 'Ваш сеанс завершено',
  ended: 'Увійдіть знову, щоб продовжити. Усе, що ви писали, збережено на цьому пристрої.',
  missing_username: 'Введіть ім’я користувача.',
  missing_password: 'Введіть пароль.',
};
