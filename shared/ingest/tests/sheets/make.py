"""Writes the sheets beside this file with the PDF writers that programs of hospitals and portals use: Chromium (print to
PDF), WeasyPrint, ReportLab and fpdf2. Run it in a virtual environment with `weasyprint reportlab fpdf2` to make them anew;
the tests read the files as they are. Names and numbers in them are made up."""
import pathlib, subprocess

HERE = pathlib.Path(__file__).parent
FONTS = HERE.parents[2] / "documents/assets/fonts"
REGULAR, BOLD, NOTO = (FONTS / name for name in ("Pretendard-Regular.ttf", "Pretendard-SemiBold.ttf", "NotoSansKR_400Regular.ttf"))
ROWS = [
    ["검사명", "결과", "판정", "단위", "참고치"],
    ["WBC (백혈구)", "6.52", "", "10^3/uL", "4.00 - 10.00"],
    ["Hemoglobin", "11.2", "L", "g/dL", "12.0 - 16.0"],
    ["혈소판", "250", "", "10^3/uL", "150 - 400"],
    ["공복혈당", "126", "H", "mg/dL", "70 - 99"],
    ["총콜레스테롤", "<50", "", "mg/dL", "< 200"],
    ["AST (SGOT)", "38", "", "U/L", "0 - 40"],
    ["Creatinine", "0.81", "", "mg/dL", "0.50 - 1.10"],
    ["HBsAg", "음성(0.32)", "", "", "음성"],
    ["요단백", "1+", "", "", "음성"],
    ["TSH", "2.31", "", "µIU/mL", "0.27 - 4.20"],
]
PRESCRIPTION = [
    ["처방 의약품의 명칭", "1회<br>투약량", "1일<br>투여횟수", "총<br>투약일수", "용법"],
    ["아모디핀정 5밀리그램(암로디핀캄실산염)", "1", "1", "30", "아침 식후 30분"],
    ["타이레놀정 500밀리그람(아세트아미노펜)", "2", "3", "7", "식후 30분"],
    ["무코스타정(레바미피드)", "1", "3", "7", "식후 30분"],
]
CSS = f"""@font-face {{font-family: P; src: url(file://{REGULAR})}}
@font-face {{font-family: P; font-weight: bold; src: url(file://{BOLD})}}
@font-face {{font-family: N; src: url(file://{NOTO})}}
body {{font-family: P; font-size: 10pt}} table {{border-collapse: collapse; width: 100%}}"""
HEAD = "<h2>진단검사의학과 검사결과</h2><p>등록번호 12345678 &nbsp; 성명 김하늘 &nbsp; 채취일시: 2026-03-02 08:31 &nbsp; 보고일시: 2026-03-03 10:00</p>"
FOOT = '<p style="font-size:7pt; margin-top:40px">본 결과지는 진단서가 아닙니다. 서식번호 LAB-12 (2024.01.01 개정) 1/1</p>'


def table(rows):
    cells = "".join("<tr>" + "".join(f"<td>{cell.replace('<', '&lt;')}</td>" for cell in row) + "</tr>" for row in rows[1:])
    return "<table><tr>" + "".join(f"<th>{cell}</th>" for cell in rows[0]) + "</tr>" + cells + "</table>"


def page(style, body):
    return f"<html><meta charset=utf-8><style>{CSS}{style}</style><body>{body}</body></html>"


def part(rows):
    return table([[row[0], row[1], row[3], row[4]] for row in rows])


BOX = "td, th {border: 1px solid #444; padding: 3px 6px}"
PAGES = {
    "grid": page(BOX, HEAD + table(ROWS) + FOOT),
    "plain": page("th {text-align: left} td {padding: 2px}", HEAD + table(ROWS) + FOOT),
    "zebra": page("th {background: #234; color: #fff} td, th {padding: 4px; text-align: center} tr:nth-child(odd) td {background: #eef}", HEAD + table(ROWS) + FOOT),
    "right": page("table {font-family: N} th {border-bottom: 2px solid #000} td:nth-child(2) {text-align: right; padding-right: 14px} td {border-bottom: 1px solid #ccc; padding: 5px}", HEAD + table(ROWS) + FOOT),
    "tight": page("table {width: auto; font-size: 7pt} td, th {border: 0.3px solid #888; padding: 0 2px}", HEAD + table(ROWS) + FOOT),
    "centred": page("@page {size: A4 landscape} td, th {padding: 3px}", HEAD + table(ROWS)),
    "two": page("td, th {border-bottom: 1px solid #444; padding: 2px; text-align: left}", HEAD + '<div style="columns: 2; font-size: 8pt">' + part(ROWS[:6]) + '<div style="break-after: column"></div>' + part(ROWS[:1] + ROWS[6:]) + "</div>"),
    "rx": page("td, th {border: 1px solid #444; padding: 3px; text-align: center} td:first-child {text-align: left}", "<h2>처 방 전</h2><p>교부 연월일 및 번호: 2026년 3월 2일 - 제 00012 호 &nbsp; 주민등록번호 900101-1234567</p>" + table(PRESCRIPTION) + "<p>이하 여백</p>"),
}


def chromium(name):
    source = HERE / f"{name}.html"
    source.write_text(PAGES[name])
    target = HERE / f"chrome-{name}.pdf"
    subprocess.run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", "--allow-file-access-from-files", f"--print-to-pdf={target}", f"file://{source}"], check=True)
    source.unlink()


def weasyprint(name):
    import weasyprint
    weasyprint.HTML(string=PAGES[name]).write_pdf(HERE / f"weasy-{name}.pdf")


def reportlab():
    from reportlab.lib import colors
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.platypus import SimpleDocTemplate, Table
    cid = "HYSMyeongJo-Medium"
    pdfmetrics.registerFont(UnicodeCIDFont(cid))
    pdfmetrics.registerFont(TTFont("P", REGULAR))
    grid = [("GRID", (0, 0), (-1, -1), 0.5, colors.black)]
    # The character set of the font that is not embedded has no micro sign.
    plain = [[cell.replace("µ", "u") for cell in row] for row in ROWS]
    right = [("ALIGN", (1, 0), (1, -1), "RIGHT"), ("LINEBELOW", (0, 0), (-1, 0), 1, colors.black)]
    for name, font, style, rows in (("cid-grid", cid, grid, plain), ("cid-plain", cid, [], plain), ("ttf-right", "P", right, ROWS), ("pages", "P", grid, ROWS[:1] + ROWS[1:] * 9)):
        SimpleDocTemplate(str(HERE / f"rl-{name}.pdf")).build([Table(rows, style=[("FONT", (0, 0), (-1, -1), font, 9), *style], repeatRows=1)])


def fpdf2():
    from fpdf import FPDF
    for name in ("fpdf", "fpdf-cells"):
        pdf = FPDF()
        pdf.add_page()
        pdf.add_font("P", "", REGULAR)
        pdf.add_font("P", "B", BOLD)
        pdf.set_font("P", size=9)
        if name == "fpdf":
            with pdf.table(col_widths=(30, 20, 10, 20, 25)) as sheet:
                for row in ROWS:
                    sheet.row(row)
        else:
            for row in ROWS:
                for cell, width in zip(row, (45, 25, 12, 30, 40)):
                    pdf.cell(width, 7, cell, border=0)
                pdf.ln()
        pdf.output(HERE / f"{name}.pdf")


for kind in ("grid", "zebra", "centred", "rx", "two", "tight"):
    chromium(kind)
for kind in ("right", "plain", "rx"):
    weasyprint(kind)
reportlab()
fpdf2()
