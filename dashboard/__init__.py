"""The pages (Dash). Pages ask ``dashboard.data``; figures and components only draw what they are given."""
