import { RoomView } from './room_view.ts';
import { expect, test } from './test.ts';

test('two people in two browsers talk', async ({ person, visit }) => {
  const [ada, bob] = [await person('Ada'), await person('Bob')];
  await ada.open('The towers', [bob]);
  const [adas, bobs] = [await visit(ada), await visit(bob)];
  const [hers, his] = [await RoomView.open(adas, 'The towers'), await RoomView.open(bobs, 'The towers')];

  await hers.send('Good morning, Bob');
  await expect(his.message('Good morning, Bob')).toBeVisible();
  await expect(his.messages.last()).toContainText('Ada');
  await his.send('Good morning, **Ada**');
  await expect(hers.messages.last().locator('strong')).toHaveText('Ada');
  await expect(hers.composer).toHaveValue('');
  await expect(hers.messages).toHaveCount(2);
  await expect(his.messages).toHaveCount(2);
});
