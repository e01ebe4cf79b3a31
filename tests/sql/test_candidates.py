"""The view interview_candidates and its lists."""

from tests.kit.database import Database, Scene


def test_smoke(db: Database, scene: Scene) -> None:
    db.as_user(scene.recruiter)
    print(db.one("select * from public.interview_candidates"))
    print(db.rows("select * from public.list_candidates(%s)", scene.interview))
    print(db.rows("select * from public.list_candidates(%s, null, 'CAND', 'name', false, 10, 'a', %s)", scene.interview, scene.interview))
    print(db.rows("select * from public.count_candidates(%s)", scene.interview))
    print(db.value("select public.match_candidates(%s)", scene.interview))
    print(db.rows("select * from public.get_candidate(%s)", scene.invite))
    print(db.rows("select * from public.candidate_timeline(%s)", scene.invite))
    for a in ["resend", "remind", "revoke", "extend", "delete"]:
        print(a, db.value("select public.change_candidates(%s, %s, %s, now() + '40 days', true)", scene.interview, [scene.invite], a))
    for a in ["resend", "remind", "extend", "revoke", "delete"]:
        print(a, db.value("select public.change_candidates(%s, %s, %s, now() + '40 days')", scene.interview, [scene.invite], a))
    print(db.rows("select * from public.list_candidates(%s)", scene.interview))
