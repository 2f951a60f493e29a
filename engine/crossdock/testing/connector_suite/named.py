"""What a connector suite must ask, item by item, and which tests ask it: the page of the reference is made from this.

A value is a test of a suite; the path of a test file, where the engine itself keeps the promise whatever the
connector; or ``EVERY_TEST``, for what is looked at after each of them.
"""

from __future__ import annotations

from collections.abc import Mapping

EVERY_TEST = "every test"
EVERY_RUN = "every test in a run"

ITEMS: Mapping[str, tuple[str, ...]] = {
    "open and close": ("test_it_opens_and_closes", "test_it_can_be_closed_twice", "test_it_opens_and_closes_twice"),
    "late reader": ("test_a_late_reader_gets_what_was_there_before_it",),
    "headers round trip": ("test_headers_make_the_round_trip", "test_headers_are_plain_text_and_none_is_of_the_engine"),
    "binary exact": ("test_every_byte_is_brought_as_it_is", "test_a_payload_arrives_as_it_is"),
    "unicode": ("test_letters_of_any_script_are_brought_as_they_are", "test_a_payload_arrives_as_it_is"),
    "empty payload": (
        "test_a_thing_of_no_bytes_is_brought_or_refused_and_never_lost",
        "test_an_empty_payload_arrives_or_is_rejected",
    ),
    "payload at the limit and over it": (
        "test_a_payload_at_the_limit_is_taken_and_one_over_it_refused",
        "test_a_large_payload_is_brought_whole_and_can_be_read_twice",
        "test_a_large_payload_that_is_not_in_memory_arrives_whole",
    ),
    "batches": ("test_many_are_all_brought_each_once", "test_a_batch_arrives_whole_each_once"),
    "1,000 in parallel": ("test_a_thousand_in_parallel_arrive_each_once",),
    "back-pressure and resume": ("test_who_takes_three_and_stops_gets_the_others_later",),
    "nothing settled before durable": ("test_nothing_is_settled_before_the_engine_says_so",),
    "redelivery": (
        "test_what_was_read_and_not_settled_comes_again_after_a_restart",
        "test_what_was_not_settled_comes_again_by_the_next_poll",
        "test_what_was_settled_never_comes_again",
        "test_an_identity_is_the_same_for_whoever_looks",
    ),
    "refused then accepted": (
        "test_a_server_that_is_away_from_the_start_is_told_and_found_when_it_comes",
        "test_a_server_that_is_away_is_told_and_nothing_is_lost",
    ),
    "one refused item does not stop the others": (
        "test_what_the_engine_refuses_stops_nobody_and_does_not_come_again",
        "test_one_that_is_refused_stops_no_other",
        "test_one_that_cannot_be_staged_stops_no_other",
    ),
    "checkpoint without gap": ("test_some_settled_and_some_not_leaves_those",),
    "reconnect mid-stream": (
        "test_after_the_connection_was_lost_what_was_not_settled_comes_again",
        "test_a_connection_cut_in_the_middle_of_a_payload_brings_no_half_of_it",
        "test_a_connection_that_was_lost_between_two_sends_is_made_anew",
        "test_a_connection_cut_in_the_middle_of_a_batch_loses_nothing_and_doubles_nothing",
    ),
    "server away for a while": (
        "test_settling_while_the_server_is_away_loses_nothing",
        "test_a_server_that_goes_away_and_comes_back_is_read_on",
        "test_what_waits_for_a_server_that_is_away_is_delivered_when_it_is_back",
    ),
    "slow and frozen server": (
        "test_a_frozen_server_holds_a_poll_for_no_longer_than_promised",
        "test_a_frozen_server_holds_a_send_for_no_longer_than_promised",
        "test_a_frozen_server_holds_a_question_for_no_longer_than_promised",
        "test_a_slow_server_brings_everything_whole",
        "test_a_slow_server_gets_everything_whole",
    ),
    "half-open socket": (
        "test_a_server_that_is_gone_half_way_is_left_and_found_again",
        "test_a_connection_that_was_lost_between_two_sends_is_made_anew",
    ),
    "credentials rotated": ("test_credentials_that_are_no_longer_good_are_told_and_new_ones_work",),
    "connection edited, disabled, removed": ("test_disabled_removed_or_merely_checked_it_takes_nothing",),
    "kill -9 between read and settle": (
        "test_killed_between_read_and_settle_it_loses_nothing_and_doubles_nothing",
        "test_settling_what_another_source_found_does_not_raise",
    ),
    "kill -9 between publish and confirm": (
        "test_killed_between_publish_and_confirm_there_is_one_effect",
        "test_killed_while_it_sends_what_is_unclear_is_in_doubt_and_never_repeated",
        "test_an_effect_whose_reply_is_lost_is_never_told_as_one_that_did_not_happen",
        "test_sent_again_after_the_reply_was_lost_it_is_one_effect",
    ),
    "kill -9 between confirm and move": (
        "test_killed_between_stage_and_done_there_is_one_effect",
        "test_what_was_staged_is_finished_by_another_process",
        "test_finished_twice_by_two_processes_it_is_one_effect",
        "test_taken_by_the_partner_before_we_noted_it_it_is_delivered_and_not_sent_again",
    ),
    "poison parked with its attempts; attempts survive a restart; replay not suppressed": (
        "test_poison_is_parked_with_its_attempts_which_survive_a_restart_and_replay_is_no_duplicate",
    ),
    "duplicate suppressed after a crash": (
        "test_killed_between_read_and_settle_it_loses_nothing_and_doubles_nothing",
        "test_a_duplicate_is_put_away_as_well",
        "test_the_same_key_again_is_one_effect",
    ),
    "order by key": ("test_they_come_in_the_order_in_which_they_were_put", "tests/flow/test_orders_of_parts.py"),
    "graceful stop drains, stop deadline kept": (
        "test_stopped_in_the_middle_it_drains_in_time_and_goes_on_where_it_was",
        "test_stopped_and_started_again_it_goes_on",
    ),
    "unroutable is an error": ("test_a_destination_that_is_not_there_is_an_error",),
    "hostile values": ("test_a_hostile_value_becomes_no_structure", "test_an_answer_that_is_none_is_an_error"),
    "disk full": ("tests/fault/test_disk.py",),
    "clock skew": ("test_a_clock_that_is_wrong_by_a_year_changes_nothing",),
    "telemetry as specified": (EVERY_RUN,),
    "secrets not logged": (EVERY_TEST,),
    "dry run without side effects": (
        "test_tried_without_side_effects_it_takes_nothing_and_finds_nothing_wrong",
        "test_tried_without_side_effects_it_sends_nothing_and_finds_nothing_wrong",
        "test_where_a_parcel_would_go_is_told_without_sending_it",
        "test_checked_or_tested_it_delivers_nothing",
    ),
    "folders: pattern leaves others alone": ("test_a_pattern_leaves_others_alone",),
    "folders: empty or missing folder": (
        "test_an_empty_folder_brings_nothing",
        "test_a_folder_that_is_missing_is_no_failure_and_is_found_when_it_comes",
    ),
    "folders: sub-folders": (
        "test_sub_folders_are_left_alone_unless_asked_for",
        "test_files_of_sub_folders_keep_their_place_in_the_archive",
    ),
    "folders: trailing slash": ("test_a_trailing_slash_changes_nothing",),
    "folders: marker mode": ("test_a_file_waits_for_its_marker_and_the_marker_is_never_delivered",),
    "folders: growing file waits": ("test_a_file_that_grows_is_not_read_before_it_is_whole",),
    "folders: names": (
        "test_names_with_spaces_and_letters_of_any_script_are_taken",
        "test_hostile_names_are_data_and_stop_nobody",
        "test_what_is_no_file_is_never_read_nor_followed",
    ),
    "folders: unmovable files each get a turn": ("test_files_that_cannot_be_moved_each_get_a_turn_and_stop_nobody",),
    "folders: move target exists, or lies inside the watched folder": (
        "test_what_lies_in_the_archive_under_the_name_is_never_overwritten",
        "test_a_target_in_the_watched_folder_is_refused",
    ),
    "folders: competing pollers, overlapping runs": (
        "test_competing_pollers_deliver_each_thing_once",
        "test_overlapping_runs_take_each_file_once",
    ),
    "folders: overdue arrival raises an alarm": ("tests/unit/runtime/test_expected_arrivals.py",),
    "folders: tomorrow's file of the same name is a new one": (
        "test_tomorrows_file_of_the_same_name_is_a_new_one",
        "test_a_newer_file_that_comes_before_the_old_one_is_settled_is_not_put_away_with_it",
    ),
}
