//! What every store must do, told through the use cases.

#![allow(dead_code, reason = "each store has some tests of its own")]

pub(crate) mod members;
pub(crate) mod messages;
pub(crate) mod ordering;
pub(crate) mod outbox;
pub(crate) mod people;
pub(crate) mod reading;
pub(crate) mod resuming;
pub(crate) mod rooms;
pub(crate) mod sessions;
pub(crate) mod shards;
pub(crate) mod world;

pub(crate) use world::World;

/// One test per sentence, each in a world of its own.
macro_rules! contract {
    ($world:ident) => {
        contract! { $world;
            people: [
                a_registered_person_logs_in_and_is_found,
                a_username_is_given_once_even_at_the_same_time,
                a_weak_password_is_refused,
                a_wrong_password_and_an_unknown_name_are_answered_alike,
                many_failed_log_ins_are_slowed_down,
                people_are_found_by_the_beginning_of_either_name,
                a_new_display_name_shows_in_old_messages,
            ]
            sessions: [
                a_refresh_token_works_once_and_its_reuse_revokes_the_family,
                a_refresh_whose_answer_got_lost_is_repeated,
                a_refresh_is_not_repeated_for_ever,
                of_exchanges_at_the_same_time_one_gives_a_token_that_works,
                a_logged_out_session_is_over,
                a_refresh_token_expires,
                an_expired_refresh_token_is_forgotten_and_a_used_one_is_not,
            ]
            rooms: [
                a_new_room_begins_with_its_opening_and_its_members,
                a_room_with_unknown_people_is_not_opened,
                public_titles_are_unique_even_at_the_same_time,
                private_rooms_cannot_be_seen_from_outside,
                private_rooms_cannot_be_changed_from_outside,
                a_public_room_can_be_seen_and_joined,
                two_people_have_one_direct_room_even_at_the_same_time,
                a_room_is_described_by_its_admins,
                a_deleted_room_is_gone_and_its_title_free,
                my_rooms_come_in_pages_with_unread_and_last_message,
                public_rooms_are_found_by_their_title,
            ]
            members: [
                members_are_listed_in_pages,
                joining_twice_is_joining_once,
                roles_are_given_and_taken,
                a_removed_member_is_outside,
                the_last_owner_names_another_before_leaving,
                a_room_ends_with_its_last_member,
                every_join_and_leave_raises_the_version,
            ]
            messages: [
                a_message_has_its_place_in_the_room,
                a_resent_message_returns_the_first_result,
                a_resent_message_is_answered_after_leaving,
                the_same_message_sent_many_times_at_once_is_one_message,
                another_persons_id_is_taken,
                one_bad_send_does_not_fail_its_neighbours,
                a_reply_answers_a_message_of_the_same_room,
                readers_of_a_channel_do_not_write,
                a_bridged_message_needs_no_membership,
                history_reads_in_every_direction,
                pages_of_history_cover_every_message_once,
                a_message_tells_how_many_have_read_it,
            ]
            reading: [
                a_read_position_only_moves_forward,
                what_was_there_before_the_join_counts_as_read,
                sending_reads_the_room_up_to_the_message,
                a_moved_position_is_told_once,
                unread_is_exact_after_any_sequence_of_steps,
            ]
            resuming: [
                a_newcomer_begins_at_the_heads,
                missing_events_are_replayed_room_by_room_in_order,
                too_much_or_another_life_is_fetched_anew,
                rooms_with_too_many_bytes_are_fetched_anew,
                rooms_left_meanwhile_are_gone,
                what_happened_while_somebody_was_out_is_not_replayed,
                heads_and_memberships_are_compared_in_bulk,
                a_gap_is_filled_even_in_a_deleted_room,
            ]
            outbox: [
                every_event_is_in_the_outbox_in_order,
                joins_and_leaves_are_told_to_the_person,
                removed_rows_are_gone_and_others_stay,
                a_blocked_key_does_not_hold_up_its_shard,
                a_commit_wakes_the_relay,
                the_signing_key_is_the_first_one,
            ]
            ordering: [
                concurrent_senders_get_a_dense_sequence_in_each_room,
                events_of_all_kinds_share_one_sequence,
            ]
        }
    };
    ($world:ident; $($module:ident: [$($sentence:ident),+ $(,)?])+) => {
        $($(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $sentence() {
                suite::$module::$sentence(&$world().await).await;
            }
        )+)+
    };
}
