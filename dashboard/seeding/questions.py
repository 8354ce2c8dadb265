"""The two surveys of the invented chain."""

from dashboard.survey_form import options
from members.relationship.questions import Question

TASTE = (
    Question(
        key="q1",
        kind="choice",
        text_vi="Bạn hay uống gì nhất?",
        text_en="What do you drink most?",
        options=options(
            "Cà phê phin | Phin coffee | thich:ca-phe\nCà phê máy | Espresso | thich:ca-phe-may\n"
            "Trà trái cây | Fruit tea | thich:tra\nTrà sữa | Milk tea | thich:tra-sua"
        ),
    ),
    Question(
        key="q2",
        kind="choices",
        text_vi="Bạn thường ghé vào lúc nào?",
        text_en="When do you usually come?",
        required=False,
        options=options("Buổi sáng | Morning\nBuổi trưa | Noon\nBuổi chiều | Afternoon\nBuổi tối | Evening"),
    ),
    Question(
        key="q3",
        kind="text",
        text_vi="Quán nên thêm món gì?",
        text_en="What should we add to the menu?",
        required=False,
    ),
)
SPACE = (
    Question(key="q1", kind="scale", text_vi="Chỗ ngồi thoải mái đến đâu?", text_en="How comfortable are our seats?"),
    Question(key="q2", kind="scale", text_vi="Quán sạch sẽ đến đâu?", text_en="How clean is the shop?"),
    Question(
        key="q3",
        kind="choice",
        text_vi="Bạn thường đi với ai?",
        text_en="Whom do you usually come with?",
        options=options(
            "Một mình | Alone\nBạn bè | Friends\nGia đình | Family | di-cung:gia-dinh\n"
            "Đồng nghiệp | Colleagues | di-cung:dong-nghiep"
        ),
    ),
)
SURVEYS = (("Gu đồ uống của bạn", "Your taste", TASTE), ("Không gian quán", "Our space", SPACE))
