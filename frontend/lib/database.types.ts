// GENERATED from database_schema.sql by the Supabase CLI: do not edit, run `make types`.

export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[];

export type Database = {
  public: {
    Tables: {
      accommodations: {
        Row: {
          extra_takes: number;
          interview_id: string;
          participant_id: string;
          recruiter_id: string;
          time_factor: number;
          user_id: string;
        };
        ComputedFields: never;
        Insert: {
          extra_takes?: number;
          interview_id: string;
          participant_id: string;
          recruiter_id: string;
          time_factor?: number;
          user_id: string;
        };
        Update: {
          extra_takes?: number;
          interview_id?: string;
          participant_id?: string;
          recruiter_id?: string;
          time_factor?: number;
          user_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "accommodations_participant_id_fkey";
            columns: ["participant_id"];
            isOneToOne: true;
            referencedRelation: "interview_participants";
            referencedColumns: ["id"];
          },
        ];
      };
      candidate_decisions: {
        Row: {
          decided_at: string;
          decided_by: string | null;
          decision: string;
          interview_id: string;
          participant_id: string;
          recruiter_id: string;
          user_id: string;
        };
        ComputedFields: never;
        Insert: {
          decided_at?: string;
          decided_by?: string | null;
          decision: string;
          interview_id: string;
          participant_id: string;
          recruiter_id: string;
          user_id: string;
        };
        Update: {
          decided_at?: string;
          decided_by?: string | null;
          decision?: string;
          interview_id?: string;
          participant_id?: string;
          recruiter_id?: string;
          user_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "candidate_decisions_participant_id_fkey";
            columns: ["participant_id"];
            isOneToOne: true;
            referencedRelation: "interview_participants";
            referencedColumns: ["id"];
          },
        ];
      };
      candidate_ratings: {
        Row: {
          criterion_id: string;
          interview_id: string;
          level: number;
          note: string;
          recruiter_id: string;
          review_id: string;
        };
        ComputedFields: never;
        Insert: {
          criterion_id: string;
          interview_id: string;
          level: number;
          note?: string;
          recruiter_id: string;
          review_id: string;
        };
        Update: {
          criterion_id?: string;
          interview_id?: string;
          level?: number;
          note?: string;
          recruiter_id?: string;
          review_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "candidate_ratings_criterion_id_fkey";
            columns: ["criterion_id", "interview_id"];
            isOneToOne: false;
            referencedRelation: "interview_criteria";
            referencedColumns: ["id", "interview_id"];
          },
          {
            foreignKeyName: "candidate_ratings_review_id_fkey";
            columns: ["review_id"];
            isOneToOne: false;
            referencedRelation: "candidate_reviews";
            referencedColumns: ["id"];
          },
        ];
      };
      candidate_reviews: {
        Row: {
          changed_at: string | null;
          created_at: string;
          id: string;
          interview_id: string;
          note: string;
          participant_id: string;
          recruiter_id: string;
          reviewer_id: string | null;
          reviewer_name: string | null;
          submitted_at: string | null;
          user_id: string;
        };
        ComputedFields: never;
        Insert: {
          changed_at?: string | null;
          created_at?: string;
          id?: string;
          interview_id: string;
          note?: string;
          participant_id: string;
          recruiter_id: string;
          reviewer_id?: string | null;
          reviewer_name?: string | null;
          submitted_at?: string | null;
          user_id: string;
        };
        Update: {
          changed_at?: string | null;
          created_at?: string;
          id?: string;
          interview_id?: string;
          note?: string;
          participant_id?: string;
          recruiter_id?: string;
          reviewer_id?: string | null;
          reviewer_name?: string | null;
          submitted_at?: string | null;
          user_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "candidate_reviews_participant_id_fkey";
            columns: ["participant_id"];
            isOneToOne: false;
            referencedRelation: "interview_participants";
            referencedColumns: ["id"];
          },
        ];
      };
      interview_criteria: {
        Row: {
          created_at: string;
          description: string;
          id: string;
          interview_id: string;
          levels: string[];
          name: string;
          recruiter_id: string;
          terms: string[];
          updated_at: string;
        };
        ComputedFields: never;
        Insert: {
          created_at?: string;
          description?: string;
          id?: string;
          interview_id: string;
          levels?: string[];
          name: string;
          recruiter_id: string;
          terms?: string[];
          updated_at?: string;
        };
        Update: {
          created_at?: string;
          description?: string;
          id?: string;
          interview_id?: string;
          levels?: string[];
          name?: string;
          recruiter_id?: string;
          terms?: string[];
          updated_at?: string;
        };
        Relationships: [
          {
            foreignKeyName: "interview_criteria_interview_id_fkey";
            columns: ["interview_id"];
            isOneToOne: false;
            referencedRelation: "interview_stats";
            referencedColumns: ["interview_id"];
          },
          {
            foreignKeyName: "interview_criteria_interview_id_fkey";
            columns: ["interview_id"];
            isOneToOne: false;
            referencedRelation: "interviews";
            referencedColumns: ["id"];
          },
        ];
      };
      interview_invites: {
        Row: {
          accepted_at: string | null;
          candidate_name: string | null;
          completed_at: string | null;
          created_at: string;
          decided_at: string | null;
          decision: string | null;
          delivery_at: string | null;
          delivery_error: string | null;
          delivery_status: string | null;
          email: string;
          expires_at: string;
          id: string;
          interview_id: string;
          invite_code: string;
          is_current: boolean;
          is_limited: boolean;
          last_event_at: string | null;
          list_name: string | null;
          queued_at: string | null;
          recruiter_id: string;
          recruiter_name: string;
          reminded_at: string | null;
          reminded_for: string | null;
          renewal_requested_at: string | null;
          reviewed_at: string | null;
          revoked_at: string | null;
          state: string | null;
          status: string;
          withdrawn_at: string | null;
          unsubscribed: boolean | null;
        };
        ComputedFields: "unsubscribed";
        Insert: {
          accepted_at?: string | null;
          candidate_name?: string | null;
          completed_at?: string | null;
          created_at?: string;
          decided_at?: string | null;
          decision?: string | null;
          delivery_at?: string | null;
          delivery_error?: string | null;
          delivery_status?: string | null;
          email: string;
          expires_at?: string;
          id?: string;
          interview_id: string;
          invite_code: string;
          is_current?: boolean;
          is_limited?: boolean;
          last_event_at?: never;
          list_name?: never;
          queued_at?: string | null;
          recruiter_id: string;
          recruiter_name: string;
          reminded_at?: string | null;
          reminded_for?: string | null;
          renewal_requested_at?: string | null;
          reviewed_at?: string | null;
          revoked_at?: string | null;
          state?: never;
          status?: string;
          withdrawn_at?: string | null;
        };
        Update: {
          accepted_at?: string | null;
          candidate_name?: string | null;
          completed_at?: string | null;
          created_at?: string;
          decided_at?: string | null;
          decision?: string | null;
          delivery_at?: string | null;
          delivery_error?: string | null;
          delivery_status?: string | null;
          email?: string;
          expires_at?: string;
          id?: string;
          interview_id?: string;
          invite_code?: string;
          is_current?: boolean;
          is_limited?: boolean;
          last_event_at?: never;
          list_name?: never;
          queued_at?: string | null;
          recruiter_id?: string;
          recruiter_name?: string;
          reminded_at?: string | null;
          reminded_for?: string | null;
          renewal_requested_at?: string | null;
          reviewed_at?: string | null;
          revoked_at?: string | null;
          state?: never;
          status?: string;
          withdrawn_at?: string | null;
        };
        Relationships: [
          {
            foreignKeyName: "interview_invites_interview_id_fkey";
            columns: ["interview_id"];
            isOneToOne: false;
            referencedRelation: "interview_stats";
            referencedColumns: ["interview_id"];
          },
          {
            foreignKeyName: "interview_invites_interview_id_fkey";
            columns: ["interview_id"];
            isOneToOne: false;
            referencedRelation: "interviews";
            referencedColumns: ["id"];
          },
        ];
      };
      interview_participants: {
        Row: {
          answered: number;
          candidate_name: string | null;
          completed_at: string | null;
          consent_version: number | null;
          consented_at: string | null;
          consents_to_analysis: boolean;
          consents_to_recording: boolean;
          id: string;
          interview_id: string;
          invite_id: string | null;
          joined_at: string;
          recruiter_id: string;
          reminded_at: string | null;
          responses_deleted_at: string | null;
          responses_expired_at: string | null;
          status: string;
          user_id: string;
        };
        ComputedFields: never;
        Insert: {
          answered?: number;
          candidate_name?: string | null;
          completed_at?: string | null;
          consent_version?: number | null;
          consented_at?: string | null;
          consents_to_analysis?: boolean;
          consents_to_recording?: boolean;
          id?: string;
          interview_id: string;
          invite_id?: string | null;
          joined_at?: string;
          recruiter_id: string;
          reminded_at?: string | null;
          responses_deleted_at?: string | null;
          responses_expired_at?: string | null;
          status?: string;
          user_id: string;
        };
        Update: {
          answered?: number;
          candidate_name?: string | null;
          completed_at?: string | null;
          consent_version?: number | null;
          consented_at?: string | null;
          consents_to_analysis?: boolean;
          consents_to_recording?: boolean;
          id?: string;
          interview_id?: string;
          invite_id?: string | null;
          joined_at?: string;
          recruiter_id?: string;
          reminded_at?: string | null;
          responses_deleted_at?: string | null;
          responses_expired_at?: string | null;
          status?: string;
          user_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "interview_participants_interview_id_fkey";
            columns: ["interview_id"];
            isOneToOne: false;
            referencedRelation: "interview_stats";
            referencedColumns: ["interview_id"];
          },
          {
            foreignKeyName: "interview_participants_interview_id_fkey";
            columns: ["interview_id"];
            isOneToOne: false;
            referencedRelation: "interviews";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "interview_participants_invite_id_fkey";
            columns: ["invite_id"];
            isOneToOne: false;
            referencedRelation: "interview_invites";
            referencedColumns: ["id"];
          },
        ];
      };
      interview_questions: {
        Row: {
          created_at: string;
          id: string;
          interview_id: string;
          max_seconds: number;
          max_takes: number;
          order_index: number;
          preparation_seconds: number;
          question: string;
          recruiter_id: string;
          required: boolean;
          updated_at: string;
        };
        ComputedFields: never;
        Insert: {
          created_at?: string;
          id?: string;
          interview_id: string;
          max_seconds?: number;
          max_takes?: number;
          order_index: number;
          preparation_seconds?: number;
          question: string;
          recruiter_id: string;
          required?: boolean;
          updated_at?: string;
        };
        Update: {
          created_at?: string;
          id?: string;
          interview_id?: string;
          max_seconds?: number;
          max_takes?: number;
          order_index?: number;
          preparation_seconds?: number;
          question?: string;
          recruiter_id?: string;
          required?: boolean;
          updated_at?: string;
        };
        Relationships: [
          {
            foreignKeyName: "interview_questions_interview_id_fkey";
            columns: ["interview_id"];
            isOneToOne: false;
            referencedRelation: "interview_stats";
            referencedColumns: ["interview_id"];
          },
          {
            foreignKeyName: "interview_questions_interview_id_fkey";
            columns: ["interview_id"];
            isOneToOne: false;
            referencedRelation: "interviews";
            referencedColumns: ["id"];
          },
        ];
      };
      interview_responses: {
        Row: {
          answer: string | null;
          duration_seconds: number | null;
          id: string;
          interview_id: string;
          kind: string;
          mime_type: string | null;
          object_path: string | null;
          participant_id: string;
          question: string;
          question_id: string;
          recruiter_id: string;
          size_bytes: number | null;
          started_at: string;
          status: string;
          submitted_at: string | null;
          take: number;
          uploaded_at: string | null;
          user_id: string;
        };
        ComputedFields: never;
        Insert: {
          answer?: string | null;
          duration_seconds?: number | null;
          id?: string;
          interview_id: string;
          kind: string;
          mime_type?: string | null;
          object_path?: string | null;
          participant_id: string;
          question: string;
          question_id: string;
          recruiter_id: string;
          size_bytes?: number | null;
          started_at?: string;
          status?: string;
          submitted_at?: string | null;
          take: number;
          uploaded_at?: string | null;
          user_id: string;
        };
        Update: {
          answer?: string | null;
          duration_seconds?: number | null;
          id?: string;
          interview_id?: string;
          kind?: string;
          mime_type?: string | null;
          object_path?: string | null;
          participant_id?: string;
          question?: string;
          question_id?: string;
          recruiter_id?: string;
          size_bytes?: number | null;
          started_at?: string;
          status?: string;
          submitted_at?: string | null;
          take?: number;
          uploaded_at?: string | null;
          user_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "interview_responses_participant_id_fkey";
            columns: ["participant_id"];
            isOneToOne: false;
            referencedRelation: "interview_participants";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "interview_responses_question_id_fkey";
            columns: ["question_id"];
            isOneToOne: false;
            referencedRelation: "interview_questions";
            referencedColumns: ["id"];
          },
        ];
      };
      interview_reviewers: {
        Row: {
          email: string;
          id: string;
          interview_id: string;
          invited_at: string;
          joined_at: string | null;
          recruiter_id: string;
          reviewer_name: string | null;
          user_id: string | null;
        };
        ComputedFields: never;
        Insert: {
          email: string;
          id?: string;
          interview_id: string;
          invited_at?: string;
          joined_at?: string | null;
          recruiter_id: string;
          reviewer_name?: string | null;
          user_id?: string | null;
        };
        Update: {
          email?: string;
          id?: string;
          interview_id?: string;
          invited_at?: string;
          joined_at?: string | null;
          recruiter_id?: string;
          reviewer_name?: string | null;
          user_id?: string | null;
        };
        Relationships: [
          {
            foreignKeyName: "interview_reviewers_interview_id_fkey";
            columns: ["interview_id"];
            isOneToOne: false;
            referencedRelation: "interview_stats";
            referencedColumns: ["interview_id"];
          },
          {
            foreignKeyName: "interview_reviewers_interview_id_fkey";
            columns: ["interview_id"];
            isOneToOne: false;
            referencedRelation: "interviews";
            referencedColumns: ["id"];
          },
        ];
      };
      interview_templates: {
        Row: {
          analysis: string;
          created_at: string;
          criteria: NonNullable<Json>;
          description: string;
          id: string;
          interview_description: string | null;
          language: string;
          name: string;
          owner_id: string | null;
          privacy_notice: string | null;
          questions: NonNullable<Json>;
          response_kinds: string[];
        };
        ComputedFields: never;
        Insert: {
          analysis?: string;
          created_at?: string;
          criteria?: NonNullable<Json>;
          description?: string;
          id?: string;
          interview_description?: string | null;
          language?: string;
          name: string;
          owner_id?: string | null;
          privacy_notice?: string | null;
          questions?: NonNullable<Json>;
          response_kinds?: string[];
        };
        Update: {
          analysis?: string;
          created_at?: string;
          criteria?: NonNullable<Json>;
          description?: string;
          id?: string;
          interview_description?: string | null;
          language?: string;
          name?: string;
          owner_id?: string | null;
          privacy_notice?: string | null;
          questions?: NonNullable<Json>;
          response_kinds?: string[];
        };
        Relationships: [];
      };
      interviews: {
        Row: {
          analysis: string;
          archived_at: string | null;
          company_number: string | null;
          created_at: string;
          deadline: string | null;
          deadline_stage: number;
          description: string | null;
          id: string;
          language: string;
          privacy_notice: string | null;
          recruiter_id: string;
          reminded_for: string | null;
          response_kinds: string[];
          status: string;
          title: string;
          updated_at: string;
        };
        ComputedFields: never;
        Insert: {
          analysis?: string;
          archived_at?: string | null;
          company_number?: string | null;
          created_at?: string;
          deadline?: string | null;
          deadline_stage?: number;
          description?: string | null;
          id?: string;
          language?: string;
          privacy_notice?: string | null;
          recruiter_id?: string;
          reminded_for?: string | null;
          response_kinds?: string[];
          status?: string;
          title: string;
          updated_at?: string;
        };
        Update: {
          analysis?: string;
          archived_at?: string | null;
          company_number?: string | null;
          created_at?: string;
          deadline?: string | null;
          deadline_stage?: number;
          description?: string | null;
          id?: string;
          language?: string;
          privacy_notice?: string | null;
          recruiter_id?: string;
          reminded_for?: string | null;
          response_kinds?: string[];
          status?: string;
          title?: string;
          updated_at?: string;
        };
        Relationships: [];
      };
      response_analyses: {
        Row: {
          correction: string | null;
          digest: string | null;
          engine: string | null;
          finished_at: string | null;
          flags: string[];
          interview_id: string;
          language: string;
          model: string | null;
          participant_id: string;
          picture_seconds: number | null;
          problem: string | null;
          queued_at: string;
          recruiter_id: string;
          response_id: string;
          search: unknown;
          seconds: number | null;
          started_at: string | null;
          status: string;
          step: string;
          transcript: string | null;
          user_id: string;
          version: string | null;
          words: Json | null;
        };
        ComputedFields: never;
        Insert: {
          correction?: string | null;
          digest?: string | null;
          engine?: string | null;
          finished_at?: string | null;
          flags?: string[];
          interview_id: string;
          language: string;
          model?: string | null;
          participant_id: string;
          picture_seconds?: number | null;
          problem?: string | null;
          queued_at?: string;
          recruiter_id: string;
          response_id: string;
          search?: never;
          seconds?: number | null;
          started_at?: string | null;
          status?: string;
          step: string;
          transcript?: string | null;
          user_id: string;
          version?: string | null;
          words?: Json | null;
        };
        Update: {
          correction?: string | null;
          digest?: string | null;
          engine?: string | null;
          finished_at?: string | null;
          flags?: string[];
          interview_id?: string;
          language?: string;
          model?: string | null;
          participant_id?: string;
          picture_seconds?: number | null;
          problem?: string | null;
          queued_at?: string;
          recruiter_id?: string;
          response_id?: string;
          search?: never;
          seconds?: number | null;
          started_at?: string | null;
          status?: string;
          step?: string;
          transcript?: string | null;
          user_id?: string;
          version?: string | null;
          words?: Json | null;
        };
        Relationships: [
          {
            foreignKeyName: "response_analyses_response_id_fkey";
            columns: ["response_id"];
            isOneToOne: false;
            referencedRelation: "interview_responses";
            referencedColumns: ["id"];
          },
        ];
      };
    };
    Views: {
      interview_candidates: {
        Row: {
          answered: number | null;
          candidate_name: string | null;
          completed_at: string | null;
          decided_at: string | null;
          decision: string | null;
          delivery_at: string | null;
          delivery_error: string | null;
          delivery_status: string | null;
          email: string | null;
          expires_at: string | null;
          id: string | null;
          interview_id: string | null;
          invite_code: string | null;
          invite_id: string | null;
          invite_status: string | null;
          invited_at: string | null;
          joined_at: string | null;
          last_event: string | null;
          last_event_at: string | null;
          list_name: string | null;
          missing: string | null;
          own_review_at: string | null;
          participant_id: string | null;
          participant_status: string | null;
          questions: number | null;
          queued_at: string | null;
          recruiter_id: string | null;
          reminded_at: string | null;
          renewal_requested_at: string | null;
          responses_deleted_at: string | null;
          responses_expired_at: string | null;
          reviews: number | null;
          revoked_at: string | null;
          state: string | null;
          unsubscribed: boolean | null;
          withdrawn_at: string | null;
        };
        ComputedFields: never;
        Relationships: [];
      };
      interview_stats: {
        Row: {
          archived_at: string | null;
          asks_for_code: number | null;
          completed: number | null;
          completion_rate: number | null;
          created_at: string;
          deadline: string | null;
          expired: number | null;
          interview_id: string;
          invited: number | null;
          join_rate: number | null;
          joined: number | null;
          not_delivered: number | null;
          pending: number | null;
          status: string;
          title: string;
          to_review: number | null;
          withdrawn: number | null;
        };
        ComputedFields: never;
        Relationships: [];
      };
    };
    Functions: {
      accept_invite: { Args: { code: string }; Returns: Json };
      adjust_participant: {
        Args: { extra_takes?: number; participant_id: string; seen?: Json; time_factor?: number };
        Returns: Json;
      };
      analysis_state: { Args: { interview_id?: string }; Returns: Json };
      analytics: {
        Args: { interview_id?: string; since?: string; time_zone?: string; until?: string };
        Returns: Json;
      };
      analyze_again: { Args: { response_id: string }; Returns: Json };
      candidate_timeline: {
        Args: { candidate_id: string };
        Returns: {
          at: string;
          detail: string;
          event: string;
          person: string;
        }[];
      };
      change_candidates: {
        Args: {
          action: string;
          candidate_ids: string[];
          expires_at?: string;
          interview_id: string;
          preview?: boolean;
        };
        Returns: Json;
      };
      claim_invite_mail: {
        Args: { email: string; invite_code: string; lease_seconds?: number; worker: string };
        Returns: Json;
      };
      claim_jobs: {
        Args: { batch?: number; kinds: string[]; lease_seconds?: number; worker: string };
        Returns: Json;
      };
      complete_interview: { Args: { interview_id: string }; Returns: Json };
      correct_invite: {
        Args: { email: string; invite_id: string; seen_email?: string };
        Returns: Json;
      };
      count_candidates: {
        Args: { interview_id: string; search?: string };
        Returns: {
          candidates: number;
          state: string;
        }[];
      };
      count_interviews: { Args: { search?: string }; Returns: Json };
      create_interview: {
        Args: {
          analysis?: string;
          company_number?: string;
          criteria?: Json;
          deadline?: string;
          description?: string;
          emails?: string[];
          language?: string;
          names?: string[];
          privacy_notice?: string;
          question_settings?: Json;
          questions?: string[];
          recruiter_name?: string;
          response_kinds?: string[];
          title: string;
        };
        Returns: Json;
      };
      create_invites: {
        Args: { emails: string[]; interview_id: string; names?: string[]; recruiter_name?: string };
        Returns: Json;
      };
      decide: { Args: { decision: string; participant_id: string }; Returns: Json };
      delete_my_account: { Args: { email?: string; preview?: boolean }; Returns: Json };
      delete_my_responses: { Args: { interview_id: string }; Returns: Json };
      delivery_state: { Args: Record<PropertyKey, never>; Returns: string };
      duplicate_interview: { Args: { interview_id: string; title?: string }; Returns: Json };
      email_subscription: { Args: { token: string }; Returns: Json };
      erase_candidate: { Args: { candidate_id: string }; Returns: Json };
      erase_person: { Args: { email: string }; Returns: Json };
      export_person: { Args: { email: string }; Returns: Json };
      find_terms: { Args: { participant_id: string }; Returns: Json };
      get_candidate: {
        Args: { candidate_id: string };
        Returns: {
          answered: number | null;
          candidate_name: string | null;
          completed_at: string | null;
          decided_at: string | null;
          decision: string | null;
          delivery_at: string | null;
          delivery_error: string | null;
          delivery_status: string | null;
          email: string | null;
          expires_at: string | null;
          id: string | null;
          interview_id: string | null;
          invite_code: string | null;
          invite_id: string | null;
          invite_status: string | null;
          invited_at: string | null;
          joined_at: string | null;
          last_event: string | null;
          last_event_at: string | null;
          list_name: string | null;
          missing: string | null;
          own_review_at: string | null;
          participant_id: string | null;
          participant_status: string | null;
          questions: number | null;
          queued_at: string | null;
          recruiter_id: string | null;
          reminded_at: string | null;
          renewal_requested_at: string | null;
          responses_deleted_at: string | null;
          responses_expired_at: string | null;
          reviews: number | null;
          revoked_at: string | null;
          state: string | null;
          unsubscribed: boolean | null;
          withdrawn_at: string | null;
        }[];
        SetofOptions: {
          from: "*";
          to: "interview_candidates";
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      invite_candidates: { Args: { emails: string[]; recruiter_name?: string }; Returns: Json };
      invite_reviewers: { Args: { emails: string[]; interview_id: string }; Returns: Json };
      invites_left_today: { Args: Record<PropertyKey, never>; Returns: number };
      jobs_status: { Args: { kinds: string[] }; Returns: Json };
      join_reviews: { Args: Record<PropertyKey, never>; Returns: Json };
      latest_change: { Args: { interview_id?: string }; Returns: Json };
      list_candidates: {
        Args: {
          backwards?: boolean;
          cursor_id?: string;
          cursor_value?: string;
          descending?: boolean;
          interview_id: string;
          page_size?: number;
          search?: string;
          sort?: string;
          states?: string[];
        };
        Returns: {
          answered: number | null;
          candidate_name: string | null;
          completed_at: string | null;
          decided_at: string | null;
          decision: string | null;
          delivery_at: string | null;
          delivery_error: string | null;
          delivery_status: string | null;
          email: string | null;
          expires_at: string | null;
          id: string | null;
          interview_id: string | null;
          invite_code: string | null;
          invite_id: string | null;
          invite_status: string | null;
          invited_at: string | null;
          joined_at: string | null;
          last_event: string | null;
          last_event_at: string | null;
          list_name: string | null;
          missing: string | null;
          own_review_at: string | null;
          participant_id: string | null;
          participant_status: string | null;
          questions: number | null;
          queued_at: string | null;
          recruiter_id: string | null;
          reminded_at: string | null;
          renewal_requested_at: string | null;
          responses_deleted_at: string | null;
          responses_expired_at: string | null;
          reviews: number | null;
          revoked_at: string | null;
          state: string | null;
          unsubscribed: boolean | null;
          withdrawn_at: string | null;
        }[];
        SetofOptions: {
          from: "*";
          to: "interview_candidates";
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      list_interviews: {
        Args: {
          archived?: boolean;
          attention?: boolean;
          backwards?: boolean;
          cursor_created_at?: string;
          cursor_deadline?: string;
          cursor_id?: string;
          cursor_title?: string;
          page_size?: number;
          search?: string;
          sort?: string;
          status?: string;
        };
        Returns: {
          archived_at: string | null;
          asks_for_code: number | null;
          completed: number | null;
          completion_rate: number | null;
          created_at: string;
          deadline: string | null;
          expired: number | null;
          interview_id: string;
          invited: number | null;
          join_rate: number | null;
          joined: number | null;
          not_delivered: number | null;
          pending: number | null;
          status: string;
          title: string;
          to_review: number | null;
          withdrawn: number | null;
        }[];
        SetofOptions: {
          from: "*";
          to: "interview_stats";
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      match_candidates: {
        Args: { interview_id: string; search?: string; states?: string[] };
        Returns: string[];
      };
      may_recruit: { Args: Record<PropertyKey, never>; Returns: boolean };
      my_unsubscribes: { Args: Record<PropertyKey, never>; Returns: Json };
      open_responses: { Args: { response_ids: string[] }; Returns: Json };
      pause_jobs: {
        Args: { kinds: string[]; reason: string; seconds: number };
        Returns: undefined;
      };
      preview_invites: { Args: { emails: string[]; interview_id: string }; Returns: Json };
      preview_signature: { Args: { company?: string; full_name?: string }; Returns: string };
      renew_jobs: {
        Args: { job_ids: number[]; lease_seconds: number; lease_token: string };
        Returns: Json;
      };
      reorder_questions: { Args: { interview_id: string; question_ids: string[] }; Returns: Json };
      resend_invite: { Args: { invite_id: string }; Returns: Json };
      resend_my_codes: { Args: Record<PropertyKey, never>; Returns: Json };
      response_settings: { Args: Record<PropertyKey, never>; Returns: Json };
      responses_status: { Args: Record<PropertyKey, never>; Returns: Json };
      resubscribe: { Args: Record<PropertyKey, never>; Returns: Json };
      resume_jobs: { Args: { kinds: string[] }; Returns: undefined };
      retry_jobs: { Args: { failed_since: string; kinds: string[] }; Returns: Json };
      revoke_invite: { Args: { invite_id: string }; Returns: Json };
      run_maintenance: { Args: Record<PropertyKey, never>; Returns: Json };
      save_review: {
        Args: { note?: string; participant_id: string; ratings: Json; submit?: boolean };
        Returns: Json;
      };
      save_template: {
        Args: { description?: string; interview_id: string; name?: string };
        Returns: Json;
      };
      search_responses: { Args: { interview_id: string; query: string }; Returns: Json };
      set_consent: {
        Args: { analysis?: boolean; interview_id: string; recording: boolean; version?: number };
        Returns: Json;
      };
      set_email_subscription: { Args: { subscribed: boolean; token: string }; Returns: Json };
      set_notifications: {
        Args: {
          candidate_completed?: string;
          delivery_failed?: string;
          renewal_requested?: string;
        };
        Returns: Json;
      };
      settle_jobs: { Args: { results: Json }; Returns: Json };
      start_response: { Args: { mime_type: string; question_id: string }; Returns: Json };
      storage_used: { Args: Record<PropertyKey, never>; Returns: Json };
      transfer_interviews: {
        Args: { at_most?: number; from_recruiter: string; to_recruiter: string };
        Returns: number;
      };
      unsubscribed: {
        Args: {
          invite: Omit<
            Database["public"]["Tables"]["interview_invites"]["Row"],
            Database["public"]["Tables"]["interview_invites"]["ComputedFields"]
          >;
        };
        Returns: boolean;
      };
      withdraw_from_interview: { Args: { interview_id: string }; Returns: Json };
      write_response: {
        Args: { answer: string; question_id: string; replace?: boolean };
        Returns: Json;
      };
    };
    Enums: {
      [_ in never]: never;
    };
    CompositeTypes: {
      [_ in never]: never;
    };
  };
};

type DatabaseWithoutInternals = Omit<Database, "__InternalSupabase">;

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, "public">];

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    | keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  }
    ? keyof (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
        DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])
    : never = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
      DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])[TableName] extends {
      Row: infer R;
    }
    ? R
    : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    ? (DefaultSchema["Tables"] & DefaultSchema["Views"])[DefaultSchemaTableNameOrOptions] extends {
        Row: infer R;
      }
      ? R
      : never
    : never;

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Insert: infer I;
    }
    ? I
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
        Insert: infer I;
      }
      ? I
      : never
    : never;

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Update: infer U;
    }
    ? U
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
        Update: infer U;
      }
      ? U
      : never
    : never;

export type Enums<
  DefaultSchemaEnumNameOrOptions extends
    | keyof DefaultSchema["Enums"]
    | { schema: keyof DatabaseWithoutInternals },
  EnumName extends DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"]
    : never = never,
> = DefaultSchemaEnumNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema["Enums"]
    ? DefaultSchema["Enums"][DefaultSchemaEnumNameOrOptions]
    : never;

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    | keyof DefaultSchema["CompositeTypes"]
    | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  }
    ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"]
    : never = never,
> = PublicCompositeTypeNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"][CompositeTypeName]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema["CompositeTypes"]
    ? DefaultSchema["CompositeTypes"][PublicCompositeTypeNameOrOptions]
    : never;

export const Constants = {
  public: {
    Enums: {},
  },
} as const;
