from intake.models import Event


def test_walk(make_request, staff_user):
    request = make_request()
    assert request.open_words(staff_user).message == "canary-7f3a-words"
    request.take(staff_user)
    request.set_status(staff_user, "talking")
    request.add_note(staff_user, "hi")
    assert request.open_words(staff_user).notes[0].text == "hi"
    request.close(staff_user, "became_client")
    request.reopen(staff_user)
    assert Event.verify(request.pk) == []
