//! One suite for both databases: every test below runs on a SQLite file, and on PostgreSQL when
//! `PLUMBLINE_TEST_POSTGRES_URL` names one (each test in a schema of its own).
#![expect(clippy::unwrap_used, reason = "tests")]

mod connections;
mod crosswalk;
mod documents;
mod evidence;
mod lab;
mod people;
mod races;
mod review;
mod schedules;
mod schema;
mod signing;
mod trail;
mod upkeep;
mod versions;
mod worklists;

macro_rules! conformance {
    ($($module:ident { $($name:ident),+ $(,)? })+) => {
        mod sqlite {$($(
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $name() {
                let lab = crate::lab::Lab::sqlite().await;
                crate::$module::$name(&lab).await;
                lab.close().await;
            }
        )+)+}

        mod postgres {$($(
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $name() {
                let Some(lab) = crate::lab::Lab::postgres(stringify!($name)).await else { return };
                crate::$module::$name(&lab).await;
                lab.close().await;
            }
        )+)+}
    };
}

conformance! {
    people {
        an_address_belongs_to_one_person,
        the_last_owner_stays,
        a_new_password_ends_other_sessions_and_open_links,
        sessions_end,
        a_session_gets_another_token,
        a_link_works_once_in_a_race,
        links_expire_and_replace_each_other,
        the_first_owner_is_set_up_once,
        an_invited_person_chooses_a_password,
    }
    documents {
        items_come_back_as_they_were_written,
        a_stale_writer_is_told_the_revision,
        one_of_many_writers_wins_each_revision,
        a_failed_batch_leaves_nothing,
        corrupt_data_names_table_and_column,
        plans_are_listed_for_their_members,
        a_plan_moves_between_states_in_order,
        the_workspace_is_made_once,
    }
    trail {
        lines_are_paged_and_verified,
        tampering_is_found,
        audit_and_versions_refuse_change,
    }
    connections {
        secrets_come_out_of_one_method_only,
        a_changed_connection_is_stale_for_others,
    }
    evidence {
        a_run_goes_its_way,
        one_worker_gets_a_job,
        a_lost_lease_is_noticed,
        a_worker_that_stops_gives_back_what_it_has,
        abandoned_work_is_done_again_and_then_given_up,
        waiting_and_running_work_can_be_stopped,
        files_keep_their_bytes,
        plans_and_persons_take_turns,
        a_check_has_one_open_run,
        busy_checks_leave_the_runs_of_others,
        files_of_old_runs_are_forgotten,
    }
    schedules {
        a_schedule_follows_its_check,
        a_due_time_is_taken_up_once,
        a_time_left_out_says_why,
    }
    crosswalk {
        decisions_are_kept_replaced_and_taken_back,
        a_record_has_one_partner,
        decisions_are_found_by_what_is_known_of_them,
        decisions_are_read_on_from_the_last_one,
        a_linking_is_a_job_of_its_own,
        linkings_wait_in_the_same_line,
    }
    review {
        threads_are_answered_and_resolved,
        a_round_collects_approvals,
        a_waiver_holds_until_it_is_taken_back,
    }
    worklists {
        a_worklist_is_closed_once,
    }
    signing {
        what_was_seen_is_signed,
        every_difference_stops_the_signature,
        approvals_carry_over_until_their_version_is_withdrawn,
        changes_of_approvers_are_told_up_to_their_approval,
    }
    races {
        no_edit_slips_past_a_signature,
    }
    versions {
        a_version_is_withdrawn_openly,
        issued_files_are_recognised,
    }
    upkeep {
        the_first_setting_wins,
        a_backup_can_be_opened,
        a_newer_schema_is_refused,
        an_altered_migration_is_refused,
    }
}
